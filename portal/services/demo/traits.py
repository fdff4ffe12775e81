"""What people commonly have: conditions, the medicines for them, and what their blood shows."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Medicine:
    """A medicine: its name and strength, what it is for, and how to take it."""

    title: str
    plain: str
    dosage: str
    refills: int = 3
    as_needed: bool = False


@dataclass(frozen=True)
class Trait:
    """A condition with its medicines, the panels that go with it, and values that stand out."""

    code: str
    title: str
    plain: str
    medicines: tuple[Medicine, ...] = ()
    panels: tuple[str, ...] = ()
    values: tuple[tuple[str, float], ...] = ()


LISINOPRIL = Medicine(
    "Lisinopril 10 mg tablet", "For blood pressure", "Take 1 tablet by mouth every morning."
)
ATORVASTATIN = Medicine(
    "Atorvastatin 20 mg tablet", "For cholesterol", "Take 1 tablet by mouth every evening."
)
METFORMIN = Medicine(
    "Metformin 850 mg tablet",
    "For blood sugar",
    "Take 1 tablet by mouth twice a day, with breakfast and supper.",
)
APIXABAN = Medicine(
    "Apixaban 5 mg tablet",
    "Keeps the blood from clotting",
    "Take 1 tablet by mouth twice a day. Do not stop without asking us.",
)
BISOPROLOL = Medicine(
    "Bisoprolol 2.5 mg tablet",
    "Slows the heart and spares it",
    "Take 1 tablet by mouth every morning.",
)
FUROSEMIDE = Medicine(
    "Furosemide 20 mg tablet",
    "Takes water out of the body",
    "Take 1 tablet by mouth every morning. Weigh yourself each day.",
)
LEVOTHYROXINE = Medicine(
    "Levothyroxine 75 microgram tablet",
    "Replaces the thyroid’s hormone",
    "Take 1 tablet by mouth every morning, half an hour before breakfast.",
)
SALBUTAMOL = Medicine(
    "Albuterol 90 microgram inhaler",
    "Opens the airways",
    "Breathe in 2 puffs when you are short of breath, at most 4 times a day.",
    as_needed=True,
)
INHALED_STEROID = Medicine(
    "Fluticasone 110 microgram inhaler",
    "Calms the airways",
    "Breathe in 2 puffs in the morning and the evening. Rinse your mouth afterwards.",
)

TRAITS = {
    "pressure": Trait(
        "38341003",
        "Essential hypertension",
        "High blood pressure",
        (LISINOPRIL,),
        ("bmp",),
        (("k", 4.7),),
    ),
    "fats": Trait(
        "55822004",
        "Hyperlipidemia",
        "High cholesterol",
        (ATORVASTATIN,),
        ("lipid",),
        (("ldl", 148), ("chol", 224)),
    ),
    "sugar": Trait(
        "44054006",
        "Type 2 diabetes mellitus",
        "Type 2 diabetes",
        (METFORMIN,),
        ("a1c", "acr", "bmp"),
        (("a1c", 7.4), ("gluc", 142)),
    ),
    "thyroid": Trait(
        "40930008",
        "Hypothyroidism",
        "Underactive thyroid",
        (LEVOTHYROXINE,),
        ("thyroid",),
        (("tsh", 5.1),),
    ),
    "heart": Trait(
        "84114007",
        "Heart failure",
        "Weak heart",
        (BISOPROLOL, FUROSEMIDE),
        ("bnp", "bmp"),
        (("bnp", 880), ("crea", 1.21)),
    ),
    "rhythm": Trait(
        "49436004",
        "Atrial fibrillation",
        "Irregular heartbeat",
        (APIXABAN,),
        ("cbc", "bmp"),
    ),
    "kidney": Trait(
        "433144002",
        "Chronic kidney disease stage 3",
        "Kidneys that work less well",
        (),
        ("bmp", "acr"),
        (("egfr", 47), ("crea", 1.32), ("acr", 86)),
    ),
    "airways": Trait(
        "195967001",
        "Asthma",
        "Asthma",
        (SALBUTAMOL, INHALED_STEROID),
    ),
    "lungs": Trait(
        "13645005",
        "Chronic obstructive lung disease",
        "Narrowed airways (COPD)",
        (SALBUTAMOL,),
        ("cbc", "crp"),
        (("crp", 8.2),),
    ),
    "joints": Trait(
        "239873007",
        "Osteoarthritis of knee",
        "Worn knee joint",
        (
            Medicine(
                "Ibuprofen 400 mg tablet",
                "For pain",
                "Take 1 tablet by mouth with food when it hurts, at most 3 a day.",
                as_needed=True,
            ),
        ),
        ("crp",),
    ),
    "bones": Trait(
        "64859006",
        "Osteoporosis",
        "Thin bones",
        (
            Medicine(
                "Alendronate 70 mg tablet",
                "Makes bones stronger",
                "Take 1 tablet by mouth every Sunday morning with a glass of water, standing up.",
            ),
        ),
        ("vitd",),
        (("vitd", 24),),
    ),
    "head": Trait(
        "37796009",
        "Migraine",
        "Migraine",
        (
            Medicine(
                "Sumatriptan 50 mg tablet",
                "Stops a migraine",
                "Take 1 tablet by mouth when a migraine begins; a second one after 2 hours at the "
                "earliest.",
                as_needed=True,
            ),
        ),
    ),
    "mood": Trait(
        "35489007",
        "Depressive disorder",
        "Depression",
        (
            Medicine(
                "Sertraline 50 mg tablet",
                "Lifts the mood",
                "Take 1 tablet by mouth every morning. Do not stop without asking us.",
            ),
        ),
    ),
    "sleep": Trait(
        "193462001",
        "Insomnia",
        "Trouble sleeping",
        (
            Medicine(
                "Zolpidem 5 mg tablet",
                "Helps to fall asleep",
                "Take 1 tablet by mouth right before going to bed, not every night.",
                refills=0,
                as_needed=True,
            ),
        ),
    ),
    "iron": Trait(
        "87522002",
        "Iron deficiency anemia",
        "Too little iron in the blood",
        (
            Medicine(
                "Ferrous sulfate 325 mg tablet",
                "Fills up iron",
                "Take 1 tablet by mouth every other day, with orange juice, not with milk.",
            ),
        ),
        ("cbc", "iron"),
        (("hgb", 11.1), ("hct", 34.2), ("mcv", 76), ("ferr", 9)),
    ),
    "gout": Trait(
        "90560007",
        "Gout",
        "Gout",
        (
            Medicine(
                "Allopurinol 100 mg tablet",
                "Keeps uric acid down",
                "Take 1 tablet by mouth every day after a meal.",
            ),
        ),
        ("urate", "bmp"),
        (("urate", 8.4),),
    ),
    "hay": Trait(
        "61582004",
        "Allergic rhinitis",
        "Hay fever",
        (
            Medicine(
                "Cetirizine 10 mg tablet",
                "For hay fever",
                "Take 1 tablet by mouth in the evening, from April to August.",
            ),
        ),
    ),
    "skin": Trait(
        "24079001",
        "Atopic dermatitis",
        "Eczema",
        (
            Medicine(
                "Hydrocortisone 1 % cream",
                "Calms the skin",
                "Rub a thin layer on red patches twice a day, for 7 days at most.",
                as_needed=True,
            ),
        ),
    ),
}

# At what age children are vaccinated here: years, CVX code, the term, plain words.
CHILDHOOD = (
    (0.01, "08", "Hepatitis B, pediatric", "Hepatitis B"),
    (0.17, "20", "DTaP", "Diphtheria, tetanus, whooping cough"),
    (0.17, "10", "IPV", "Polio"),
    (0.17, "116", "Rotavirus, pentavalent", "Stomach virus (rotavirus)"),
    (0.17, "133", "Pneumococcal conjugate PCV 13", "Pneumonia germs"),
    (0.34, "20", "DTaP", "Diphtheria, tetanus, whooping cough"),
    (0.34, "10", "IPV", "Polio"),
    (0.34, "133", "Pneumococcal conjugate PCV 13", "Pneumonia germs"),
    (1.0, "03", "MMR", "Measles, mumps, rubella"),
    (1.0, "21", "Varicella", "Chickenpox"),
    (1.1, "83", "Hepatitis A, pediatric", "Hepatitis A"),
    (1.5, "20", "DTaP", "Diphtheria, tetanus, whooping cough"),
    (4.2, "03", "MMR", "Measles, mumps, rubella"),
    (4.2, "10", "IPV", "Polio"),
    (11.2, "115", "Tdap", "Tetanus, diphtheria, whooping cough"),
    (11.2, "165", "HPV9", "Wart virus (HPV)"),
    (11.7, "165", "HPV9", "Wart virus (HPV)"),
    (11.2, "114", "Meningococcal conjugate MCV4", "Meningitis germs"),
)
