"""What the demo clinic tells everybody. The threads are in tables/threads.txt."""

# title | body | days ago it was published | days until it ends (empty: until taken back)
ANNOUNCEMENTS = (
    (
        "Flu vaccines: walk in, no appointment",
        "Every morning this week from 9 to 11 am, for everybody over six months. It is free.",
        -2,
        12,
    ),
    (
        "Closed on {closed}",
        "We open again the next morning at 8 am. For what cannot wait, call the nurse line.",
        -1,
        9,
    ),
    (
        "New: read your results here",
        "Your test results now come here as soon as the laboratory has finished them.",
        -60,
        None,
    ),
    (
        "Street work in front of the clinic",
        "Please use the entrance on Mill Road. There is a ramp and a bell.",
        -40,
        -12,
    ),
)
CLOSED_IN_DAYS = 8
