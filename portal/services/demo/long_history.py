"""Wilhelmina Quillfeather: sixteen years of records, thousands of entries."""

from portal.services.demo import traits
from portal.services.demo.chart import VITALS, YEAR, Chart
from portal.services.demo.laboratory import Bench, Draw
from portal.services.demo.people import Town

YEARS = 16
# Years since it began, the term, plain words, code; negative: how long it lasted, then over.
CONDITIONS = (
    (16, "Essential hypertension", "High blood pressure", "38341003"),
    (14, "Type 2 diabetes mellitus", "Type 2 diabetes", "44054006"),
    (13, "Hyperlipidemia", "High cholesterol", "55822004"),
    (11, "Hypothyroidism", "Underactive thyroid", "40930008"),
    (10, "Osteoarthritis of knee", "Worn knee joint", "239873007"),
    (8, "Gastroesophageal reflux disease", "Acid that comes up (reflux)", "235595009"),
    (7, "Obstructive sleep apnea", "Breathing stops in sleep", "78275009"),
    (6, "Osteoporosis", "Thin bones", "64859006"),
    (5, "Atrial fibrillation", "Irregular heartbeat", "49436004"),
    (4, "Chronic kidney disease stage 3", "Kidneys that work less well", "433144002"),
    (2, "Cataract", "Clouded lens of the eye", "193570009"),
)
PASSED = (
    ("Acute bronchitis", "Cough that came and went"),
    ("Urinary tract infection", "Bladder infection"),
    ("Sinusitis", "Inflamed sinuses"),
    ("Low back pain", "Pain in the lower back"),
    ("Herpes zoster", "Shingles"),
    ("Iron deficiency anemia", "Too little iron in the blood"),
    ("Sprain of ankle", "Twisted ankle"),
    ("Pneumonia", "Infection of the lungs"),
)
SHORT_COURSES = (
    ("Amoxicillin 500 mg capsule", "Antibiotic", "Take 1 capsule 3 times a day for 7 days."),
    ("Nitrofurantoin 100 mg capsule", "Antibiotic", "Take 1 capsule twice a day for 5 days."),
    ("Prednisone 20 mg tablet", "Calms inflammation", "Take 2 tablets every morning for 5 days."),
    ("Valacyclovir 1 g tablet", "Against shingles", "Take 1 tablet 3 times a day for 7 days."),
    ("Omeprazole 20 mg capsule", "Less acid in the stomach", "Take 1 capsule before breakfast."),
)
PROCEDURES = (
    (15, "Screening colonoscopy", "Look into the bowel"),
    (9, "Arthroscopy of knee", "Look into the knee joint"),
    (6, "Bone density scan", "Measuring how firm the bones are"),
    (5, "Electrical cardioversion", "Heart rhythm set right"),
    (5, "Echocardiography", "Ultrasound of the heart"),
    (1, "Cataract extraction, left eye", "New lens, left eye"),
)


def tell_minas(town: Town) -> None:
    """Fills the long chart."""
    chart = town.charts["mina"]
    _conditions(chart)
    _medicines(chart)
    _results(chart)
    _readings(chart)
    _visits(chart)
    for back in range(YEARS):
        chart.vaccine("Influenza, injectable", "Flu", -round(back * YEAR) - 30, "150")
    for years, title, plain in ((0.5, "IPV", "Polio"), (6, "DTP", "Diphtheria and tetanus")):
        chart.vaccine(title, plain, str(chart.aged(years).year))
    chart.allergy("Sulfonamides", "Sulfa medicines", "1979", "Rash and fever", criticality="high")
    chart.allergy("Latex", "Latex", "2012", "Itching hands")
    for years, title, plain in PROCEDURES:
        chart.procedure(title, plain, -round(years * YEAR) - 12)
    chart.plan(
        "Diabetes care plan",
        "Your plan for diabetes and heart",
        -60,
        [
            ("Diabetic foot examination", "Have your feet looked at every year"),
            ("Retinal screening", "Have the back of your eyes looked at"),
            ("Home glucose monitoring", "Measure your sugar before breakfast"),
        ],
    )
    chart.team(-900, [("Dr Dana Okafor", "Your doctor", town.practitioners["okafor"])])


def _conditions(chart: Chart) -> None:
    for years, title, plain, code in CONDITIONS:
        chart.condition(title, plain, -round(years * YEAR), code)
    for position in range(28):
        title, plain = PASSED[position % len(PASSED)]
        back = 140 + position * 200
        over = chart.text(-back + 21)
        chart.condition(title, plain, -back, status="resolved", abatement=over)


def _medicines(chart: Chart) -> None:
    for medicine in (
        traits.LISINOPRIL,
        traits.METFORMIN,
        traits.ATORVASTATIN,
        traits.LEVOTHYROXINE,
        traits.APIXABAN,
        traits.BISOPROLOL,
    ):
        chart.medicine(medicine.title, medicine.plain, -1500, medicine.dosage, refills=2)
    for position in range(34):
        title, plain, dosage = SHORT_COURSES[position % len(SHORT_COURSES)]
        back = 130 + position * 165
        chart.medicine(title, plain, -back, dosage, status="completed", ends=-back + 7)


def _results(chart: Chart) -> None:
    bench = Bench(chart)
    for quarter in range(YEARS * 4):
        back = -(12 + round(quarter * YEAR / 4))
        years = -back / YEAR
        sugar = {"a1c": 7.1 - years * 0.05 + (quarter % 3) * 0.2}
        kidneys = {"crea": 1.18 - years * 0.022, "egfr": 52 + years * 2.1, "gluc": 138 - years}
        bench.panel("cmp", back, Draw(kidneys))
        bench.panel("cbc", back)
        bench.panel("a1c", back, Draw(sugar))
        if quarter % 2 == 0:
            bench.panel("lipid", back, Draw({"ldl": 92 + years * 3, "chol": 170 + years * 4}))
            bench.panel("acr", back, Draw({"acr": max(8, 48 - years * 3)}))
        if quarter % 4 == 0:
            bench.panel("thyroid", back, Draw({"tsh": 2.4 + years * 0.1}))
            bench.panel("vitd", back)
    bench.words(
        "Echocardiography, transthoracic",
        "Ultrasound of the heart",
        -400,
        "The heart pumps well (55 %). The left atrium is a little wide.",
        category="CUS",
        note="The heart’s strength is fine. We go on as planned.",
    )


def _readings(chart: Chart) -> None:
    chance = chart.sheet.chance
    for month in range(YEARS * 12):
        back = -(5 + round(month * YEAR / 12))
        chart.pressure(131 + month * 0.06 + chance.uniform(-8, 8), chance.uniform(70, 86), back)
        chart.vital(VITALS["weight"], 81 - month * 0.03 + chance.uniform(-0.8, 0.8), back)
        chart.vital(VITALS["pulse"], chance.uniform(60, 84), back)


def _visits(chart: Chart) -> None:
    reasons = ("Diabetes review", "Blood pressure", "Knee pain", "Cough", "Test results")
    for position in range(YEARS * 7):
        reason = reasons[position % len(reasons)]
        back = -(9 + round(position * YEAR / 7))
        chart.visit("Office visit", reason, back, reason)
