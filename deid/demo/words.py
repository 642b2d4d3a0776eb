"""The words that the invented trial is made of. Nobody and nothing here is real, except towns, drugs and science.

Phone numbers come from the range that is reserved for fiction (555-0100 to 555-0199), e-mail and web addresses from
`example.org` and its kin (RFC 2606), social security numbers from areas that are never issued (900 to 999).
"""

from __future__ import annotations


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


WOMEN = _words("""
    Abigail Adaeze Agnes Alice Alma Amara Anita Beatrice Bernadette Bridget Camila Carmen Cecilia Charlotte Claire
    Constance Dalia Deborah Denise Dolores Edith Eleanor Elena Esther Fatima Florence Frances Gabriela Geraldine Gloria
    Grace Hannah Harriet Helen Hope Ingrid Irene Isabel Jacqueline Josephine Juanita Judith Katherine Keiko Lakshmi
    Latoya Leticia Linh Louise Lucille Mabel Margaret Marisol May Mei Mercedes Mildred Miriam Monique Nadia Naomi Norma
    Olga Pauline Philippa Priya Rachel Rosalind Rose Ruth Samantha Shanice Sofia Sylvia Tamika Teresa Theodora Ursula
    Valentina Veronica Violet Winifred Yolanda Yvonne Zainab
""")
MEN = _words("""
    Abdul Albert Alejandro Andrew Anthony Arjun Arthur Benjamin Bernard Bruno Calvin Carlos Cedric Chester Clarence
    Curtis Daniel Darnell Dennis Desmond Diego Dimitri Dominic Edmund Eduardo Emmanuel Ernest Felix Fernando Francis
    Frederick Gareth Gerald Gilbert Gustavo Harold Hector Herbert Hiroshi Howard Hussein Isaac Jerome Joaquin Jonathan
    Julian Kenneth Kwame Lamar Laurence Leonard Lionel Malcolm Marcus Maurice Miguel Minh Mohammed Nathaniel Neville
    Norman Oscar Patrick Percy Rafael Rajesh Raymond Reginald Roland Rupert Salvador Samuel Sebastian Stanley Stefan
    Terrence Thaddeus Theodore Tobias Vernon Victor Vincent Walter Wilfred
""")
#: Surnames of patients and their kin. None of them is the name of a disease, a score or a drug.
FAMILIES = _words("""
    Abernathy Achterberg Adeyemi Alvarado Ambrose Appleyard Arbuckle Ashcroft Atwater Baptiste Barraclough Beaumont
    Bellweather Birdsong Blackwood Bonaventure Bracegirdle Braithwaite Brandvold Broussard Buchanan Cardozo Carmichael
    Castellanos Chakraborty Chaudhry Christensen Contreras Coppersmith Crabtree Culpepper Dalrymple Delacroix Delgado
    Desrosiers Dombrowski Drinkwater Duchamp Echeverria Eisenhardt Ellsworth Espinoza Fairweather Fernsby Figueroa
    Fitzwilliam Fontaine Forsythe Fothergill Gallagher Garibaldi Goldwater Gonsalves Goodfellow Gunderson Hallström
    Harbottle Hathaway Hawthorne Heatherington Hernandez Hightower Holloway Hutchinson Iglesias Inkpen Jankowski
    Jefferies Kaminski Kawaguchi Khachaturian Kirkpatrick Kowalczyk Lafontaine Laramie Lemaire Lightfoot Livingstone
    Long Lovelace MacAllister Mahoney Maldonado Markovic McGillicuddy McTavish Mendoza Merriweather Montgomery Moreau
    Mukherjee Nakamura Ndiaye Nightingale O'Callaghan O'Shaughnessy Okonkwo Olufemi Ortega-Ruiz Ostrowski Palmquist
    Papadakis Pemberton Pennington Pettigrew Pfeiffer Ponsonby Prendergast Quackenbush Quintana Ramaswamy Ravenscroft
    Redfeather Reyes-Marin Rosewarne Rutherford Sagastume Santangelo Satterthwaite Scarborough Schuyler Sepulveda
    Shackleton Shostak Silverstein Sinclair Sokolova Stavropoulos Strickland Sutherland Swarthout Takahashi
    Thistlethwaite Thorvaldsen Tranquillo Trelawney Underhill Vandermeer Vasquez Venkataraman Villanueva Wadsworth
    Warburton Weatherby Westergaard Whitcombe Wigglesworth Winterbourne Witherspoon Woolstonecraft Yamaguchi
    Yarborough Young Zambrano Zielinski
""")
#: Names that are ordinary words as well; a search for them as words finds more than persons.
COMMON_WORD_NAMES = frozenset({"Grace", "Hope", "May", "Rose", "Violet", "Long", "Young"})
CLINICIAN_FAMILIES = _words("""
    Aldergrove Bancroft-Lee Chidiebere Cranleigh Dellinger Eberhardt Farnsworth Galbraith Hagopian Isherwood
    Jorgensen Kellaway Lindqvist Macquarie Nethersole Oyelaran Pomeroy Quarshie Rasmussen Sheringham Tillinghast
    Umezawa Vanterpool Wolstenholme Yevtushenko Zeballos Amberley Brockhurst Castlemaine Dunsmuir Estabrook
    Fenwright Grimaldi Hollingberry Ingoldsby Kingsnorth
""")

#: Site number, name, city.
SITES = (
    ("01", "Saltmarsh Regional Medical Center", "Portland"),
    ("02", "St. Brannock's Hospital", "Worcester"),
    ("03", "Harrow Ridge Cancer Institute", "Albany"),
    ("04", "Lakeshore Mercy Hospital", "Grand Rapids"),
    ("05", "Prairie Gate University Hospital", "Omaha"),
    ("06", "Bluestem Oncology Clinic", "Wichita"),
    ("07", "Copper Canyon Medical Center", "Tucson"),
    ("08", "Sister Aurelia Memorial Hospital", "Fresno"),
    ("09", "Cedar Falls Veterans Clinic", "Spokane"),
    ("10", "Tidewater General Hospital", "Richmond"),
)
#: City, state, first three digits of the ZIP code, area code of the telephone; three to a site, nearest first.
TOWNS = (
    ("Portland", "ME", "041", "207"), ("Concord", "NH", "033", "603"), ("Burlington", "VT", "054", "802"),
    ("Worcester", "MA", "016", "508"), ("Providence", "RI", "029", "401"), ("Hartford", "CT", "061", "860"),
    ("Albany", "NY", "122", "518"), ("Scranton", "PA", "185", "570"), ("Syracuse", "NY", "132", "315"),
    ("Grand Rapids", "MI", "495", "616"), ("Dayton", "OH", "454", "937"), ("Madison", "WI", "537", "608"),
    ("Omaha", "NE", "681", "402"), ("Duluth", "MN", "558", "218"), ("Sioux Falls", "SD", "571", "605"),
    ("Wichita", "KS", "672", "316"), ("Tulsa", "OK", "741", "918"), ("Amarillo", "TX", "791", "806"),
    ("Tucson", "AZ", "857", "520"), ("Albuquerque", "NM", "871", "505"), ("Boulder", "CO", "803", "303"),
    ("Fresno", "CA", "937", "559"), ("Bakersfield", "CA", "933", "661"), ("Sacramento", "CA", "958", "916"),
    ("Spokane", "WA", "992", "509"), ("Eugene", "OR", "974", "541"), ("Boise", "ID", "837", "208"),
    ("Richmond", "VA", "232", "804"), ("Charleston", "WV", "253", "304"), ("Durham", "NC", "277", "919"),
)  # fmt: skip
#: Towns in three-digit areas of 20,000 people or fewer (census 2020), by the site that is nearest.
REMOTE_TOWNS = {
    "01": ("Charlestown", "NH", "036", "603"),
    "02": ("Canaan", "VT", "059", "802"),
    "05": ("Valentine", "NE", "692", "402"),
    "06": ("Tucumcari", "NM", "884", "575"),
    "07": ("Socorro", "NM", "878", "575"),
    "08": ("Ely", "NV", "893", "775"),
    "09": ("Yellowstone National Park", "WY", "821", "307"),
}
STREETS = _words("""
    Alder Birchwood Bramble Cartwright Chandler Cloverfield Coldwater Cranberry Dovecote Elderberry Foxglove
    Gatehouse Greenbriar Hazelnut Heron Hollyhock Ironwood Juniper Kestrel Larkspur Linden Maplecrest Millrace Nutmeg
    Orchard Partridge Pinecone Quarry Ridgeline Sandpiper Sycamore Tanner Thornbury Walnut Willowbrook
""")
STREET_KINDS = ("Street", "Avenue", "Road", "Lane", "Drive", "Court")
MAIL_HOSTS = ("example.org", "example.net", "example.com")
EMPLOYERS = (
    "Tanglewood Cannery", "Osprey Freight Lines", "Millrace Elementary School", "Copperfield Savings Bank",
    "Halvorsen Tool Works", "Juniper Street Bakery", "Northgate Transit Authority", "Redbarn Feed and Seed",
)  # fmt: skip
LABORATORIES = ("Meridian Pathology Partners", "Northwind Reference Laboratory", "Keystone Genomics Group")
KIN = {
    "F": ("husband", "daughter", "son", "sister", "mother", "niece", "partner"),
    "M": ("wife", "daughter", "son", "brother", "father", "nephew", "partner"),
}
RACES = (
    ("White", 0.60), ("Black or African American", 0.18), ("Asian", 0.14),
    ("Other", 0.055), ("American Indian or Alaska Native", 0.015), ("Native Hawaiian or Other Pacific Islander", 0.01),
)  # fmt: skip
ETHNICITIES = (("Not Hispanic or Latino", 0.80), ("Hispanic or Latino", 0.17), ("Not reported", 0.03))
