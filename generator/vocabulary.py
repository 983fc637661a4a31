"""Words that names, addresses, products and messages are made of."""

# fmt: off
FIRST_NAMES = {
    "DE": (
        "Anna", "Lena", "Julia", "Sabine", "Petra", "Ursula", "Heike", "Katrin", "Jana", "Miriam",
        "Lukas", "Jonas", "Stefan", "Thomas", "Jürgen", "Björn", "Michael", "Florian",
        "Sebastian", "Uwe", "Käthe", "Jörg",
    ),
    "AT": (
        "Johanna", "Magdalena", "Eva", "Theresa", "Christina", "Barbara", "Franz", "Josef",
        "Matthias", "Georg", "Andreas", "Alois", "Elisabeth", "Valentin",
    ),
    "NL": (
        "Sanne", "Fleur", "Lotte", "Femke", "Marieke", "Daan", "Sem", "Bram", "Jeroen", "Pieter",
        "Thijs", "Willemijn", "Joost", "Anouk",
    ),
    "GB": (
        "Olivia", "Emily", "Charlotte", "Sophie", "Hannah", "Jack", "Oliver", "Harry", "George",
        "William", "Fiona", "Alasdair", "Rhys", "Siân",
    ),
    "FR": (
        "Camille", "Chloé", "Léa", "Manon", "Hélène", "Lucas", "Hugo", "Théo", "François",
        "Jérôme", "Antoine", "Mathilde", "Zoé", "Benoît",
    ),
}
LAST_NAMES = {
    "DE": (
        "Müller", "Schmidt", "Schneider", "Fischer", "Weber", "Meyer", "Wagner", "Becker",
        "Schulz", "Hoffmann", "Schäfer", "Koch", "Bauer", "Richter", "Klein", "Wolf", "Schröder",
        "Neumann", "Schwarz", "Zimmermann", "Krüger", "Hartmann", "Lange", "Groß",
    ),
    "AT": (
        "Gruber", "Huber", "Wagner", "Pichler", "Steiner", "Moser", "Mayer", "Hofer", "Leitner",
        "Berger", "Fuchs", "Eder", "Egger",
    ),
    "NL": (
        "de Jong", "Jansen", "de Vries", "van den Berg", "Bakker", "Visser", "Smit", "Meijer",
        "de Boer", "Mulder", "van Dijk",
    ),
    "GB": (
        "Smith", "Jones", "Taylor", "Brown", "Williams", "Wilson", "Johnson", "Davies", "Patel",
        "Wright", "Walker", "MacLeod", "O'Brien", "Thompson", "Hughes", "Hall",
    ),
    "FR": (
        "Martin", "Bernard", "Dubois", "Durand", "Lefèvre", "Moreau", "Laurent", "Simon",
        "Michel", "Garcia", "Roux", "Fournier", "Girard", "Bonnet", "D'Angelo",
    ),
}
# fmt: on
STREETS = {
    "DE": ("Hauptstraße {n}", "Gartenstr. {n}", "Am Mühlbach {n}", "Lindenweg {n}a"),
    "AT": ("Dorfstraße {n}", "Bahnhofstraße {n}/3", "Kirchengasse {n}"),
    "NL": ("Dorpsstraat {n}", "Kerkweg {n}-II", "Molenlaan {n}"),
    "GB": ("{n} Church Lane", "Flat 2, {n} High Street", "{n} Station Road"),
    "FR": ("{n} rue de la Paix", "{n} bis, avenue Foch", "{n} chemin des Alpes"),
}
MAIL_DOMAINS = {
    "DE": ("gmail.com", "gmx.de", "web.de", "t-online.de", "googlemail.com", "outlook.de"),
    "AT": ("gmail.com", "gmx.at", "aon.at", "outlook.com"),
    "NL": ("gmail.com", "ziggo.nl", "kpnmail.nl", "hotmail.com"),
    "GB": ("gmail.com", "outlook.com", "btinternet.com", "yahoo.co.uk"),
    "FR": ("gmail.com", "orange.fr", "free.fr", "laposte.net"),
}
LANGUAGES = {"DE": "de", "AT": "de", "NL": "nl", "GB": "en", "FR": "fr"}
BRANDS = (
    "Fellkant",
    "Norrsken",
    "Altavia",
    "Grimsel",
    "Peak & Pine",
    "Wildbach",
    "Tundra Works",
    "Isarwild",
    "Kestrel Ridge",
    "Lodenhof",
)
MODELS = (
    "Arve",
    "Breva",
    "Cairn",
    "Dachstein",
    "Eiger",
    "Fjord",
    "Gletscher",
    "Hochtour",
    "Inari",
    "Jura",
    "Kebne",
    "Lofot",
    "Mistral",
    "Nunatak",
    "Ortler",
    "Piz",
    "Rondane",
    "Skarn",
)
# Category, what its products are called, lowest and highest price in EUR, weight of demand.
CATEGORIES = (
    ("Winter Boots", "Winter Boots", 119, 289, 9),
    ("Hiking Boots", "Hiking Boots", 129, 329, 9),
    ("Trail Running Shoes", "Trail Shoes", 89, 179, 6),
    ("Approach Shoes", "Approach Shoes", 99, 189, 2),
    ("Sandals", "Sandals", 49, 129, 1),
    ("Socks", "Merino Socks", 14, 34, 8),
    ("Hardshell Jackets", "Hardshell Jacket", 199, 549, 6),
    ("Down Jackets", "Down Jacket", 169, 449, 8),
    ("Softshell Jackets", "Softshell Jacket", 99, 229, 4),
    ("Fleece", "Fleece Jacket", 49, 159, 5),
    ("Base Layers", "Merino Shirt", 39, 119, 6),
    ("Trousers", "Trekking Trousers", 69, 199, 5),
    ("Gloves", "Gloves", 24, 119, 5),
    ("Hats", "Beanie", 19, 49, 5),
    ("Backpacks", "Backpack 40 L", 89, 279, 5),
    ("Daypacks", "Daypack 22 L", 49, 139, 4),
    ("Tents", "Tent 2P", 199, 799, 3),
    ("Sleeping Bags", "Sleeping Bag", 99, 499, 3),
    ("Sleeping Mats", "Sleeping Mat", 39, 219, 2),
    ("Stoves", "Camping Stove", 34, 189, 2),
    ("Headlamps", "Headlamp", 29, 119, 4),
    ("Trekking Poles", "Trekking Poles", 49, 179, 3),
    ("Climbing", "Harness", 49, 139, 2),
    ("Bottles", "Insulated Bottle 1 L", 19, 49, 3),
)
SEARCH_TERMS = ("boots", "regenjacke", "tent", "wanderschuhe", "sac à dos", "warme jas", "socken")
USER_AGENTS = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/142.0.0.0 Safari/537.36",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "Version/18.6 Safari/605.1.15",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like "
    "Gecko) Version/18.6 Mobile/15E148 Safari/604.1",
    "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 "
    "Mobile Safari/537.36",
    "Mozilla/5.0 (X11; Linux x86_64; rv:144.0) Gecko/20100101 Firefox/144.0",
    "Mozilla/5.0 (iPad; CPU OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "Version/18.6 Mobile/15E148 Safari/604.1",
)
KIOSK_USER_AGENT = "Mozilla/5.0 (X11; CrOS x86_64 16328.0.0) KioskShell/4.2"
TICKET_SUBJECTS = (
    "Where is my order?",
    "Wrong size, exchange possible?",
    "Zip broke after two weeks",
    "Rechnung fehlt",
    "Rücksendung, kein Etikett im Paket",
    "Points missing on my card",
    "Question: are the boots waterproof?",
    "Retour non remboursé",
)
SOCIAL_TEXTS = (
    "Are the winter boots back in stock?",
    "Loved the new store in town \U0001f97e",
    'My parcel says "delivered", but nothing came',
    "Welche Größe soll ich nehmen?",
    "Merci pour le conseil !",
    "Is the tent OK for two people, 1.90 m each?",
)
SOCIAL_REPLIES = (
    "Hi, thanks for your message! We will look into it.",
    "Could you send us the email of your order?",
    "Gerne, wir melden uns gleich.",
)
