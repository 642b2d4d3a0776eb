"""The clinical words of the invented trial: tumours, markers, tests, adverse events, and terms that look like names.

`velotamib` and the trial CORAL-7 are invented; the rest is common medical vocabulary, which a release must keep.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Tumour:
    """One tumour type of the trial: ICD-10 codes, share of subjects, chance of a female subject, TNM, marker."""

    name: str
    codes: tuple[str, ...]
    share: float
    women: float
    tnm: tuple[str, ...]
    marker: str
    median_months: float


TUMOURS = (
    Tumour(
        "breast carcinoma",
        ("C50.2", "C50.4", "C50.9"),
        0.42,
        0.98,
        ("cT2 N1 M0", "pT2 N1a M0", "ypT1c N0"),
        "CA15-3",
        17,
    ),
    Tumour("ovarian carcinoma", ("C56.1", "C56.2"), 0.18, 1.0, ("pT3c N1 M0", "cT3b N0 M1a"), "CA125", 13),
    Tumour("prostate adenocarcinoma", ("C61",), 0.25, 0.0, ("cT3a N0 M1b", "pT3b N1 M1b"), "PSA", 15),
    Tumour("pancreatic adenocarcinoma", ("C25.0", "C25.9"), 0.15, 0.48, ("cT4 N1 M1", "cT3 N1 M1"), "CA19-9", 8),
)
ARMS = ("velotamib", "standard of care")
STAGES = (("II", 0.12), ("III", 0.40), ("IV", 0.48))
RESPONSES = ("CR", "PR", "SD", "PD", "NE")

#: Code, name, unit, mean, spread, lower and upper limit.
LAB_TESTS = (
    ("HGB", "Haemoglobin", "g/dL", 12.1, 1.4, 11.5, 16.0),
    ("WBC", "Leukocytes", "10^9/L", 5.8, 1.9, 4.0, 11.0),
    ("NEUT", "Neutrophils", "10^9/L", 3.4, 1.3, 1.8, 7.5),
    ("PLAT", "Platelets", "10^9/L", 214.0, 62.0, 150.0, 400.0),
    ("ALT", "Alanine aminotransferase", "U/L", 31.0, 14.0, 7.0, 45.0),
    ("CREAT", "Creatinine", "mg/dL", 0.92, 0.24, 0.5, 1.2),
    ("ALB", "Albumin", "g/dL", 3.9, 0.4, 3.5, 5.0),
)
#: Coded term, words that a reporter might use for it.
EVENTS = (
    ("Nausea", ("nausea", "feeling sick after tablets", "queasy in the mornings")),
    ("Fatigue", ("fatigue", "tired all day", "worsening tiredness")),
    ("Anaemia", ("anaemia", "low haemoglobin", "Hb drop, transfused 1 unit")),
    ("Neutropenia", ("neutropenia", "ANC 0.9", "low neutrophils, dose held")),
    ("Thrombocytopenia", ("low platelets", "platelets 62", "thrombocytopenia")),
    ("Diarrhoea", ("loose stools x4/day", "diarrhoea", "watery diarrhoea")),
    ("Headache", ("headache", "frontal headache", "migraine-like headache")),
    ("Rash maculo-papular", ("itchy rash on trunk", "maculopapular rash", "skin rash")),
    ("Peripheral sensory neuropathy", ("tingling fingers", "numb toes", "stocking-glove paraesthesia")),
    ("Fall", ("fell at home", "slipped on stairs", "fall without injury")),
    ("Pneumonia", ("chest infection", "pneumonia, right lower lobe")),
    ("Pulmonary embolism", ("incidental PE on staging CT", "pulmonary embolism")),
)
MARKERS = {
    "breast carcinoma": ("ER", "PR", "HER2", "Ki-67", "BRCA1", "BRCA2", "PIK3CA"),
    "ovarian carcinoma": ("BRCA1", "BRCA2", "HRD", "TP53"),
    "prostate adenocarcinoma": ("BRCA1", "BRCA2", "PTEN", "HRD"),
    "pancreatic adenocarcinoma": ("BRCA1", "BRCA2", "KRAS"),
}
VARIANTS = {
    "BRCA1": ("c.68_69del (p.Glu23fs)", "c.5266dup (p.Gln1756fs)", "c.181T>G (p.Cys61Gly)"),
    "BRCA2": ("c.5946del (p.Ser1982fs)", "c.771_775del (p.Asn257fs)"),
    "PIK3CA": ("c.3140A>G (p.His1047Arg)", "c.1633G>A (p.Glu545Lys)"),
    "TP53": ("c.524G>A (p.Arg175His)", "c.743G>A (p.Arg248Gln)"),
    "PTEN": ("loss of expression",),
    "KRAS": ("c.35G>A (p.Gly12Asp)", "c.35G>T (p.Gly12Val)"),
}
#: Terms that look like names, dates or numbers of persons and are none; by slot of the note templates.
TERMS = {
    "eponym": (
        "Paget disease", "Virchow node", "Krukenberg tumour", "Trousseau sign", "Cooper ligaments",
        "Li-Fraumeni syndrome",
        "Lynch syndrome", "Raynaud phenomenon", "Bell's palsy", "Horner syndrome", "Sister Mary Joseph nodule",
        "Crohn disease", "Graves disease", "Hashimoto thyroiditis", "Parkinson disease", "Sjögren syndrome",
    ),
    "drug": (
        "velotamib", "olaparib", "carboplatin", "paclitaxel", "letrozole", "enzalutamide", "ondansetron", "Zofran",
        "dexamethasone", "filgrastim", "apixaban", "metoprolol", "omeprazole", "Neulasta", "gabapentin",
    ),
    "regimen": ("FOLFIRINOX", "AC-T", "TCHP", "R-CHOP", "FEC-100", "carboplatin AUC 5"),
    "status": ("ECOG 1", "ECOG 0", "Karnofsky 80", "Child-Pugh A", "Charlson index 3", "Glasgow Coma Scale 15"),
    "grade": ("Gleason 4+3=7", "Nottingham grade 3", "Ki-67 35%", "Allred 8/8", "Oncotype DX 22"),
    "score": (
        "Bethesda III", "Hamilton score 9", "Wells score 1.5", "Ranson score 1", "Charlson index 3",
    ),
    "vital": ("BP 128/74", "HR 82", "RR 16", "SpO2 98%", "T 36.8", "pain 3/10"),
    "lab": ("WBC 5.4", "ANC 2.1", "Hgb 11.2", "Plt 187", "Cr 0.9", "CEA 2.4", "LVEF 58%", "INR 1.1"),
    "gene": ("BRCA1 c.68_69del", "BRCA2", "PALB2", "TP53 p.Arg175His", "HER2 3+", "PD-L1 CPS 10", "EGFR exon 19"),
    "procedure": (
        "Whipple procedure", "Hartmann procedure", "Mohs surgery", "Port-a-Cath", "Foley catheter", "Hickman line",
        "Jackson-Pratt drain", "Seldinger technique",
    ),
}  # fmt: skip
