"""The Silvas: Marta, her daughter Ana and her father Joaquim."""

from portal.services.demo import traits
from portal.services.demo.chart import VITALS, YEAR, Chart
from portal.services.demo.laboratory import Bench, Draw
from portal.services.demo.people import Town
from portal.services.demo.traits import CHILDHOOD

OLD_POTASSIUM = {"k": (3.5, 5.0)}
# Marta's kidney panels: days ago, potassium, creatinine, filter rate, urea, sodium, sugar,
# calcium, and the laboratory's range of potassium until it moved its upper limit.
MARTAS_PANELS = (
    (3, 5.3, 0.88, 77, 15, 140, 94, 9.4, {}),
    (187, 4.9, 0.86, 79, 14, 139, 97, 9.4, {}),
    (363, 4.8, 0.85, 80, 15, 141, 95, 9.3, {}),
    (525, 4.6, 0.86, 79, 13, 140, 92, 9.5, {}),
    (915, 4.7, 0.84, 81, 14, 140, 96, 9.4, {}),
    (1300, 4.4, 0.83, 82, 13, 139, 91, 9.2, OLD_POTASSIUM),
    (1735, 4.5, 0.83, 82, 12, 141, 93, 9.4, OLD_POTASSIUM),
    (2140, 4.3, 0.81, 85, 12, 140, 90, 9.5, OLD_POTASSIUM),
)
POTASSIUM_NOTE = (
    "Your kidneys are working well. Your potassium is slightly higher than last time. This can "
    "happen with lisinopril, and it is not dangerous at this level. Please keep taking your "
    "tablets, leave out salt substitutes, and have one more blood test in two weeks."
)


def tell_martas(town: Town) -> None:
    """Fills Marta's chart: what the portal looks like at its best."""
    chart = town.charts["marta"]
    _martas_results(town, chart)
    _martas_conditions(chart)
    _martas_medicines(chart)
    _martas_past(chart)
    _martas_readings(chart)
    _martas_care(town, chart)


def _martas_results(town: Town, chart: Chart) -> None:
    bench = Bench(chart)
    for back, k, crea, egfr, urea, na, gluc, ca, ranges in MARTAS_PANELS:
        values = {
            "k": k,
            "crea": crea,
            "egfr": egfr,
            "urea": urea,
            "na": na,
            "gluc": gluc,
            "ca": ca,
        }
        newest = back == MARTAS_PANELS[0][0]
        reported = town.sheet.at(-1, "16:20") if newest else None
        report = {"note": POTASSIUM_NOTE} if newest else {}
        bench.panel("bmp", -back, Draw(values, ranges, reported=reported, report=report))
    bench.panel("vitd", -3, Draw({"vitd": 38}, reported=town.sheet.at(-1, "16:25")))
    bench.panel("vitd", -363, Draw({"vitd": 19}))
    for back, ldl, chol, hdl, trig in (
        (187, 98, 176, 58, 101),
        (525, 104, 181, 56, 108),
        (915, 141, 224, 54, 147),
        (1735, 152, 236, 52, 161),
    ):
        values = {"ldl": ldl, "chol": chol, "hdl": hdl, "trig": trig}
        bench.panel("lipid", -back, Draw(values))
    for back in (187, 525, 915):
        bench.panel("cbc", -back)
    for back, a1c in ((187, 5.5), (525, 5.6), (915, 5.7), (1735, 5.5)):
        bench.panel("a1c", -back, Draw({"a1c": a1c}))
    bench.panel("thyroid", -525)
    _martas_pictures(bench)


def _martas_pictures(bench: Bench) -> None:
    imaging = {
        "category": "RAD",
        "laboratory": "Millbrook Imaging, 4 Station Square",
        "source": "Millbrook Imaging",
    }
    bench.words(
        "X-ray of the right knee, three views",
        "X-ray of the knee",
        -129,
        "No broken bone. The joint space is as expected for the age.",
        note="Nothing is broken. The bruise will need two to three weeks.",
        **imaging,
    )
    bench.words(
        "Mammogram, screening, both sides",
        "X-ray of the breasts",
        -402,
        "Nothing suspicious (BI-RADS 1). Next screening in two years.",
        code="24606-6",
        **imaging,
    )
    bench.words(
        "Cervical cytology with HPV test",
        "Smear from the neck of the womb",
        -760,
        "No changed cells. No high-risk HPV found.",
        specimen="Cervical smear",
        category="CP",
    )


def _martas_conditions(chart: Chart) -> None:
    chart.condition("Essential hypertension", "High blood pressure", -1190, "38341003")
    chart.condition("Hyperlipidemia", "High cholesterol", -900, "55822004")
    chart.condition(
        "Vitamin D deficiency",
        "Too little vitamin D",
        -363,
        "34713006",
        note="Better since you take vitamin D.",
    )
    chart.condition(
        "Contusion of knee",
        "Bruised knee",
        -130,
        status="resolved",
        abatement=chart.text(-100),
    )
    chart.condition("Appendicitis", "Inflamed appendix", "1994", "74400008", status="resolved")
    chart.allergy(
        "Penicillin V",
        "Penicillin",
        "1988",
        "Itching rash all over",
        category="medication",
        criticality="high",
        severity="moderate",
    )
    chart.allergy("Cat dander", "Cats", "2003", "Sneezing and watery eyes", category="environment")


def _martas_medicines(chart: Chart) -> None:
    lisinopril = traits.LISINOPRIL
    chart.medicine(
        lisinopril.title,
        lisinopril.plain,
        -1188,
        lisinopril.dosage,
        reason="High blood pressure",
        refills=2,
        quantity="90 tablets",
        code="314076",
    )
    chart.medicine(
        "Vitamin D3 25 microgram capsule",
        "For bones and muscles",
        -362,
        "Take 1 capsule by mouth every morning with food.",
        reason="Too little vitamin D",
        reported=True,
    )
    atorvastatin = traits.ATORVASTATIN
    chart.medicine(
        atorvastatin.title,
        atorvastatin.plain,
        -899,
        atorvastatin.dosage,
        reason="High cholesterol",
        refills=1,
        quantity="90 tablets",
    )
    chart.medicine(
        "Ibuprofen 400 mg tablet",
        "For pain",
        -130,
        "Take 1 tablet by mouth with food, up to 3 times a day, for 5 days.",
        status="stopped",
        ends=-124,
        reason="Bruised knee",
        status_reason="No longer needed",
    )
    chart.medicine(
        "Amlodipine 5 mg tablet",
        "For blood pressure",
        -1400,
        "Take 1 tablet by mouth every morning.",
        status="stopped",
        ends=-1188,
        reason="High blood pressure",
        status_reason="Swollen ankles",
    )


def _martas_past(chart: Chart) -> None:
    chart.vaccine("Influenza, injectable, quadrivalent", "Flu", -38, "150")
    chart.vaccine("Zoster, recombinant", "Shingles", -600, "187", dose="2")
    chart.vaccine("Zoster, recombinant", "Shingles", -690, "187", dose="1")
    chart.vaccine("Tdap", "Tetanus, diphtheria, whooping cough", -1500, "115")
    chart.vaccine("COVID-19, mRNA", "COVID-19", -400, "208")
    chart.vaccine("MMR", "Measles, mumps, rubella", "1973", "03")
    chart.procedure("Laparoscopic appendectomy", "Appendix taken out", "1994")
    chart.procedure(
        "Screening colonoscopy",
        "Look into the bowel",
        -1650,
        outcome="Nothing found. Next one in ten years.",
    )
    chart.visit("Blood pressure review", "Blood pressure check", -363, "High blood pressure")
    chart.visit("General examination", "Yearly check-up", -525, "Yearly check-up")
    chart.visit("Office visit", "Ankles swollen from tablets", -1188, "Change of tablets")
    chart.document("Visit summary", "Summary of your visit", -41, category="Visit summary")
    chart.document("Referral to physiotherapy", "Letter to the physiotherapist", -128)
    chart.document("Lisinopril and your food", "About food and salt", 0, category="Leaflet")


def _martas_readings(chart: Chart) -> None:
    chance = chart.sheet.chance
    for month in range(30):
        back = -(month * 30 + 2)
        upper = 126 + min(month, 24) * 0.9 + chance.uniform(-5, 5)
        chart.pressure(upper, 76 + min(month, 24) * 0.5 + chance.uniform(-4, 4), back)
        if month % 3 == 0:
            chart.vital(VITALS["weight"], 71.5 + month * 0.12 + chance.uniform(-0.5, 0.5), back)
            chart.vital(VITALS["pulse"], chance.uniform(62, 76), back)
    chart.vital(VITALS["height"], 166, -525)
    chart.vital(VITALS["bmi"], 26.1, -41)


def _martas_care(town: Town, chart: Chart) -> None:
    chart.plan(
        "Hypertension care plan",
        "Your plan for healthy blood pressure",
        -41,
        [
            ("Antihypertensive medication review", "Look through your tablets with Dr Osei"),
            ("Home blood pressure monitoring", "Measure at home, twice a week, mornings"),
            ("Low sodium diet education", "Use less salt, and no salt substitutes"),
            ("Regular physical exercise", "Walk briskly for half an hour, five days a week"),
        ],
    )
    chart.goal(
        "Systolic blood pressure below 130 mmHg",
        "Upper blood pressure value under 130",
        -41,
        120,
        "Under 130, measured at home",
        addresses="High blood pressure",
    )
    chart.goal(
        "LDL cholesterol below 100 mg/dL",
        "Less of the cholesterol that clogs vessels",
        -525,
        190,
        "LDL under 100",
        status="completed",
        achievement="achieved",
        addresses="High cholesterol",
    )
    chart.team(
        -1190,
        [
            ("Dr Amara Osei", "Your family doctor", town.practitioners["osei"]),
            ("Nurse Tom Hadley", "Nurse, medicines", town.practitioners["tom"]),
            ("Tomás Silva", "Your husband", None),
        ],
    )


def tell_anas(town: Town) -> None:
    """Fills Ana's chart: a healthy child."""
    chart = town.charts["ana"]
    for years, code, title, plain in CHILDHOOD:
        if chart.aged(years) < town.sheet.today:
            chart.vaccine(title, plain, chart.aged(years), code)
    chart.condition("Otitis media", "Ear infection", chart.aged(3.2), status="resolved")
    chart.condition("Streptococcal sore throat", "Sore throat", -18, status="resolved")
    chart.allergy("Peanut", "Peanuts", chart.aged(4), "Swollen lips", category="food")
    for years in (1, 2, 4, 6, 8):
        day = chart.aged(years + 0.1)
        chart.visit("Well child visit", "Check-up", day, f"Check at {years}")
        chart.vital(VITALS["height"], 75 + (years - 1) * 7.4, day)
        chart.vital(VITALS["weight"], 9.5 + (years - 1) * 2.6, day)
    Bench(chart).words(
        "Throat culture",
        "Throat swab",
        -2,
        "No strep bacteria were found.",
        code="626-2",
        category="MB",
        specimen="Swab from the throat",
        reported=town.sheet.at(-1, "17:05"),
        note="Good news: Ana does not need an antibiotic.",
    )
    chart.document("School health form", "Form for school", -10, category="Form")


def tell_joaquims(town: Town) -> None:
    """Fills Joaquim's chart: an old man with many medicines."""
    chart = town.charts["joaquim"]
    for title, plain, years, code in (
        ("Heart failure", "Weak heart", 4, "84114007"),
        ("Atrial fibrillation", "Irregular heartbeat", 6, "49436004"),
        ("Chronic kidney disease stage 3", "Kidneys that work less well", 5, "433144002"),
        ("Essential hypertension", "High blood pressure", 22, "38341003"),
        ("Hearing loss", "Hard of hearing", 8, "15188001"),
        ("Cataract", "Clouded lens of the eye", 7, "193570009"),
    ):
        chart.condition(title, plain, -round(years * YEAR), code)
    for medicine in (traits.APIXABAN, traits.BISOPROLOL, traits.FUROSEMIDE, traits.ATORVASTATIN):
        chart.medicine(medicine.title, medicine.plain, -1400, medicine.dosage, refills=1)
    chart.medicine(
        "Warfarin 5 mg tablet",
        "Keeps the blood from clotting",
        -2100,
        "As told after each blood test.",
        status="stopped",
        ends=-1400,
        status_reason="Changed to apixaban",
    )
    chart.allergy("Ibuprofen", "Ibuprofen", -900, "Kidneys got worse", criticality="high")
    chart.vaccine("Influenza, injectable, quadrivalent", "Flu", -36, "150")
    chart.vaccine("Pneumococcal polysaccharide PPV23", "Pneumonia germs", -1300, "33")
    chart.procedure("Cataract extraction, right eye", "New lens, right eye", -2300)
    bench = Bench(chart)
    for step, back in enumerate((4, 33, 96, 187, 280, 370, 520, 700, 880)):
        worse = {"crea": 1.62 - step * 0.03, "egfr": 41 + step, "k": 5.0 - step * 0.05}
        bench.panel("bmp", -back, Draw(worse))
        bench.panel("bnp", -back, Draw({"bnp": 1340 - step * 60}))
        chart.pressure(128 + step, 72, -back)
        chart.vital(VITALS["weight"], 78.4 - step * 0.3, -back)
    chart.team(
        -1400,
        [
            ("Dr Amara Osei", "Family doctor", town.practitioners["osei"]),
            ("Marta Silva", "Your daughter, helps you here", None),
        ],
    )
    chart.document("Hospital discharge summary", "Letter from the hospital", -96)
