"""What the screens of the tests say, in four languages, with the longest words that happen."""

from typing import NamedTuple

from kiosk.model.ids import Lang


class Phrases(NamedTuple):
    """What the answers say."""

    headline: str
    detail: str
    lead: str
    place: str
    when: str
    way: str
    why: str
    pickups: tuple[tuple[str, str, str], ...]
    shop: str
    stop: tuple[str, str, str, str]


WORDS = {
    Lang("fi"): Phrases(
        "Lähtöselvitys tehty",
        "Tervetuloa, {name}",
        "Seuraavaksi:",
        "Portti 7",
        "Portti sulkeutuu 17:30",
        "Seuraa sinistä viivaa · 120 m · noin 2 min",
        "Laivaannousu alkaa 30 minuuttia ennen lähtöä.",
        (("A17", "Noudettavissa", "Myymälätiski"), ("A21", "Valmisteilla", "Valmiina viimeistään 17:10")),
        "Myymälä",
        ("Lippu on jo käytetty", "Käytetty klo 16.40. Etkö se ollut sinä? Kysy neuvonnasta.", "Mene:", "Neuvonta"),
    ),
    Lang("sv"): Phrases(
        "Du är incheckad",
        "Välkommen, {name}",
        "Gå nu till",
        "Gate 7",
        "Gaten stänger 17:30",
        "Följ den blå linjen · 120 m · ungefär 2 min",
        "Ombordstigningen börjar 30 minuter före avgång.",
        (("A17", "Klar att hämta", "Butiksdisken"), ("A21", "Förbereds", "Klar senast 17:10")),
        "Butik",
        (
            "Biljetten är redan använd",
            "Användes kl. 16.40. Var det inte du? Fråga i informationen.",
            "Gå till",
            "Informationen",
        ),
    ),
    Lang("en"): Phrases(
        "Checked in",
        "Welcome, {name}",
        "Next: walk to",
        "Gate 7",
        "Departs 17:30",
        "Follow the blue line · 120 m · about 2 min",
        "Boarding starts 30 minutes before departure.",
        (("A17", "Ready", "Collect it at the shop desk"), ("A21", "Being prepared", "Ready by 17:10")),
        "Shop",
        (
            "Ticket already used",
            "Used at 16:40. Was it not you? Ask at the desk.",
            "What to do: go to",
            "Information desk",
        ),
    ),
    Lang("et"): Phrases(
        "Olete registreeritud",
        "Tere tulemast, {name}",
        "Järgmisena:",
        "Värav 7",
        "Värav suletakse 17:30",
        "Järgige sinist joont · 120 m · umbes 2 min",
        "Pardaleminek algab 30 minutit enne väljumist.",
        (("A17", "Valmis", "Poelett"), ("A21", "Koostamisel", "Valmis hiljemalt 17:10")),
        "Pood",
        ("Pilet on juba kasutatud", "Kasutati kell 16.40. Polnud teie? Küsige infoletist.", "Minge:", "Infolett"),
    ),
}


TURNS = {
    Lang("fi"): (
        "Käänny ympäri ja kulje 5 metriä.",
        "Käänny oikealle ja kulje 35 metriä. Seuraa opasteita ”Portit 5–8”.",
        "Mene hissillä 2. kerrokseen.",
        "Käänny vasemmalle ja kulje 35 metriä. Seuraa opasteita ”Portit 7–8”.",
        "Jatka suoraan 10 metriä portille 7.",
    ),
    Lang("sv"): (
        "Vänd om och gå 5 meter.",
        "Sväng höger och gå 35 meter. Följ skyltarna ”Gate 5–8”.",
        "Ta hissen till plan 2.",
        "Sväng vänster och gå 35 meter. Följ skyltarna ”Gate 7–8”.",
        "Fortsätt rakt fram 10 meter till gate 7.",
    ),
    Lang("en"): (
        "Turn round and go 5 metres.",
        "Turn right and go 35 metres. Follow the signs “Gates 5–8”.",
        "Take the lift to level 2.",
        "Turn left and go 35 metres. Follow the signs “Gates 7–8”.",
        "Go straight on for 10 metres to Gate 7.",
    ),
    Lang("et"): (
        "Pöörake ümber ja minge 5 meetrit.",
        "Pöörake paremale ja minge 35 meetrit. Järgige viitasid „Väravad 5–8“.",
        "Minge liftiga 2. korrusele.",
        "Pöörake vasakule ja minge 35 meetrit. Järgige viitasid „Väravad 7–8“.",
        "Minge otse 10 meetrit värava 7 juurde.",
    ),
}
OFFERS = {
    Lang("fi"): ("Kahvi ja pulla 4 euroa. Tule kahvilaan.", "Näet tämän, koska kerroit pitäväsi kahvista."),
    Lang("sv"): (
        "Kaffe och bulle 4 euro. Kom till kaféet.",
        "Du ser detta för att du har berättat att du gillar kaffe.",
    ),
    Lang("en"): (
        "Coffee and a bun for 4 euros. Come to the café.",
        "You see this because you told us you like coffee.",
    ),
    Lang("et"): ("Kohv ja saiake 4 eurot. Tulge kohvikusse.", "Näete seda, sest ütlesite, et teile meeldib kohv."),
}
