"""What stands in the charts of the demo's people: a common history for all, told ones for some."""

from portal.models.clinical import Condition
from portal.services.demo import cast
from portal.services.demo.chart import VITALS, YEAR, Chart
from portal.services.demo.laboratory import Bench, Draw
from portal.services.demo.long_history import tell_minas
from portal.services.demo.people import Town
from portal.services.demo.silvas import tell_anas, tell_joaquims, tell_martas
from portal.services.demo.traits import CHILDHOOD, TRAITS, Trait

GROWN = 18
OLD = 50
ALLERGIC = 0.25
TOLD = {"marta", "ana", "joaquim", "tess", "mina", "noor"}


def _tell(town: Town) -> None:
    for person in cast.PATIENTS:
        if person.key not in TOLD:
            _tell_common(town.charts[person.key], person)
    tell_martas(town)
    tell_anas(town)
    tell_joaquims(town)
    tell_minas(town)
    _tell_tess(town)
    _tell_rest(town)


class Histories:
    """Everybody's history."""

    @staticmethod
    def tell(town: Town) -> None:
        """Fills every chart but the empty one."""
        _tell(town)


def _tell_common(chart: Chart, person: cast.Person) -> None:
    chance = chart.sheet.chance
    for name in person.traits:
        _tell_trait(chart, TRAITS[name], years=chance.randint(1, 9) if person.age > GROWN else 2)
    _vaccinate(chart, person.age)
    for back in (-31, -240, -420):
        if -back / YEAR < person.age:
            _measure(chart, person.age, back)
    if person.age >= GROWN:
        _check_up(chart, person)
    if chance.random() < ALLERGIC:
        chart.allergy("Penicillin", "Penicillin", "2009", "Itching rash all over")


def _tell_trait(chart: Chart, trait: Trait, years: int) -> None:
    since = -round(years * YEAR) - chart.sheet.chance.randint(0, 200)
    chart.condition(trait.title, trait.plain, since, trait.code)
    for medicine in trait.medicines:
        chart.medicine(
            medicine.title,
            medicine.plain,
            since + 3,
            medicine.dosage,
            refills=medicine.refills,
            as_needed=medicine.as_needed,
            reason=trait.plain,
            quantity="90 tablets" if "tablet" in medicine.title else "1 pack",
        )
    bench = Bench(chart)
    for key in trait.panels:
        for back in (-20, -200, -390)[: years + 1]:
            drift = {name: figure * (1 + back / 9000) for name, figure in trait.values}
            bench.panel(key, back + chart.sheet.chance.randint(-9, 9), Draw(drift))


def _vaccinate(chart: Chart, age: int) -> None:
    if age < GROWN:
        for years, code, title, plain in CHILDHOOD:
            day = chart.aged(years)
            if day < chart.sheet.today:
                chart.vaccine(title, plain, day, code)
        return
    chart.vaccine("Td", "Tetanus, diphtheria", -2100 - age, "09")
    chart.vaccine("Influenza, injectable, quadrivalent", "Flu", -30, "150")
    if age >= OLD:
        chart.vaccine("Zoster, recombinant", "Shingles", -700, "187", dose="1")
        chart.vaccine("Zoster, recombinant", "Shingles", -590, "187", dose="2")


def _measure(chart: Chart, age: int, back: int) -> None:
    chance = chart.sheet.chance
    grown = age >= GROWN
    # A rough curve of growth, good enough for a picture.
    weight = chart.usual.setdefault("kg", chance.uniform(55, 92) if grown else 8 + age * 3.1)
    chart.vital(VITALS["weight"], weight + chance.uniform(-1.5, 1.5), back)
    if not grown:
        chart.vital(VITALS["height"], 62 + age * 7.2, back)
        chart.vital(VITALS["warmth"], chance.uniform(36.4, 37.2), back)
        return
    chart.pressure(chance.uniform(116, 148), chance.uniform(68, 92), back)
    chart.vital(VITALS["pulse"], chance.uniform(58, 88), back)


def _check_up(chart: Chart, person: cast.Person) -> None:
    bench = Bench(chart)
    back = -chart.sheet.chance.randint(50, 300)
    chart.visit("General examination", "Check-up", back, "Yearly check-up")
    bench.panel("cbc", back + 2)
    if "fats" not in person.traits:
        bench.panel("lipid", back + 2)


def _tell_tess(town: Town) -> None:
    chart = town.charts["tess"]
    bench = Bench(chart)
    _vaccinate(chart, 15)
    chart.condition("Asthma", "Asthma", chart.aged(6), "195967001")
    chart.medicine(
        "Albuterol 90 microgram inhaler",
        "Opens the airways",
        -600,
        "Breathe in 2 puffs before sports or when you are short of breath.",
        as_needed=True,
        refills=2,
        reason="Asthma",
    )
    chart.condition("Generalized anxiety disorder", "Anxiety", -27, "21897009", confidential=True)
    chart.medicine(
        "Ethinylestradiol and levonorgestrel tablet",
        "The pill: against pain, and against pregnancy",
        -27,
        "Take 1 tablet by mouth every day at the same time.",
        reason="Painful periods",
        refills=5,
        confidential=True,
    )
    chart.visit("Adolescent confidential visit", "Private talk", -27, "", confidential=True)
    bench.panel("iron", -25, Draw({"ferr": 18}, report={"note": _TESS_NOTE}))
    bench.words(
        "Chlamydia and gonorrhoea, urine",
        "Test for infections from sex",
        -24,
        "Not found: no chlamydia, no gonorrhoea.",
        specimen="Urine",
        confidential=True,
        note="All clear, Tess. Nobody else sees this result. Dr Chow",
    )
    for back in (-27, -210, -400):
        _measure(chart, 15, back)


_TESS_NOTE = (
    "Your iron store is a little low, which can make you tired. Eat beans, meat or eggs with "
    "some fruit, and we measure it again in three months."
)


def _tell_rest(town: Town) -> None:
    charts = town.charts
    charts["ignatius"].visit("Hospice care", "Care at home at the end of life", -41, "")
    charts["farah"].entry(
        Condition,
        "Post-traumatic stress disorder",
        "Anxiety after something terrible",
        -300,
        status="active",
        verification_status="confirmed",
        onset=charts["farah"].text(-300),
        confidential=True,
    )
    _tell_waiting(town)
    _tell_worded(town)


def _tell_waiting(town: Town) -> None:
    """Adds results that wait for a clinician's word, the most urgent of them critical."""
    charts = town.charts
    fresh = town.sheet.at(-1, "16:10")
    Bench(charts["delgada"]).panel(
        "bmp", -1, Draw({"k": 6.4, "crea": 1.52, "egfr": 38}, released=False, reported=fresh)
    )
    Bench(charts["walter"]).panel("a1c", -2, Draw({"a1c": 7.9}, reported=town.sheet.at(-1, "9:52")))
    Bench(charts["owen"]).panel(
        "thyroid", -2, Draw({"tsh": 3.1, "ft4": 1.2}, reported=town.sheet.at(-1, "11:15"))
    )
    Bench(charts["albrecht"]).panel("bmp", -1, Draw({"k": 4.4}, released=False, reported=fresh))
    Bench(charts["maeve"]).panel("crp", -1, Draw({"crp": 11.4}, released=False, reported=fresh))
    Bench(charts["dolores"]).words(
        "Surgical pathology, breast biopsy",
        "Tissue sample from the breast",
        -5,
        "Fibrocystic change. No sign of cancer in the tissue examined.",
        specimen="Tissue, left breast",
        code="11529-5",
        category="SP",
        released=False,
        reported=fresh,
    )
    Bench(charts["noah"]).words(
        "Genetic test, LDLR gene",
        "Gene test for inherited high cholesterol",
        -20,
        "A disease-causing variant was found in the LDLR gene (one copy).",
        specimen="Blood from the arm",
        category="GE",
        released=False,
        reported=fresh,
    )


def _tell_worded(town: Town) -> None:
    charts = town.charts
    Bench(charts["bao"]).words(
        "X-ray of the chest, two views",
        "X-ray of the chest",
        -9,
        "Lungs a little over-filled, as known. No pneumonia. Heart of normal size.",
        code="36643-5",
        category="RAD",
        laboratory="Millbrook Imaging, 4 Station Square",
        source="Millbrook Imaging",
    )
    Bench(charts["shira"]).words(
        "Mammogram, screening, both sides",
        "X-ray of the breasts",
        -13,
        "Nothing suspicious (BI-RADS 1). Next screening in two years.",
        code="24606-6",
        category="RAD",
        laboratory="Millbrook Imaging, 4 Station Square",
        source="Millbrook Imaging",
    )
    Bench(charts["tariro"]).words(
        "Urine culture",
        "Germs in the urine",
        -6,
        "Escherichia coli, more than 100,000 per mL. Nitrofurantoin works against it.",
        code="630-4",
        category="MB",
        specimen="Urine, midstream",
        note="This explains the burning. The tablets that you have are the right ones.",
    )
    Bench(charts["gideon"]).panel(
        "inr", -4, Draw({"inr": 2.4}, ranges={"inr": (2.0, 3.0)}, was={"inr": "4.2 ratio"})
    )
