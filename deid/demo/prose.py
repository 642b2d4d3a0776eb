"""Templates of the invented notes. A gap is a slot of `deid.demo.slots`; few identifiers follow a label."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Template:
    """One kind of note: how it may open, what it may say (some sentences of many), how it may close."""

    opening: tuple[str, ...]
    body: tuple[str, ...]
    closing: tuple[str, ...]
    sentences: int


NOTES: dict[str, Template] = {
    "clinic letter": Template(
        (
            "{hospital}\n{today}\n\nDear {colleague},\n\nThank you for sending {full}, "
            "born {dob_long}, a {age}-year-old {woman} with {tumour}, {tnm}.",
            "{today}\n\nRe: {reversed}, {mrn}\n\nDear colleague,\n\n"
            "I saw {titled} in clinic on {visit_day} for {tumour} ({tnm}).",
            "Dear {colleague},\n\nIt was a pleasure to meet {given} and {her} {relation} {kin_given} "
            "at {hospital} on {visit_day}.",
        ),
        (
            "{titled} is {status} and continues {drug} without dose reduction.",
            "The family history is notable for {eponym} in a cousin, {cousin}.",
            "Germline testing showed {gene}; we discussed this with {given} at length.",
            "{given} used to work at {employer} and hopes to go back.",
            "On examination {vital}, no sign of {eponym}.",
            "{doctor} had suggested {regimen}, which I think is reasonable.",
            "{she} moved from {city} last year and now finds the journey long.",
            "We will repeat imaging on {soon} and review by RECIST 1.1.",
            "Bloods from {earlier}: {lab}, {lab}.",
            "{misspelt} family were present and asked about {drug}.",
        ),
        (
            "With kind regards,\n{doctor_full}, MD\n{hospital}",
            "Yours sincerely,\n\n{doctor_bare}\ncc: patient, {street}, {city} {zip}",
            "Sincerely,\n{doctor_full}\nFax {fax}",
        ),
        5,
    ),
    "phone log": Template(
        (
            "{today}. Call from {relation} {kin_given} ({kin_phone}) about {given}.",
            "{given} {family} rang from {phone} this morning, spoke to {nurse}.",
            "TELEPHONE MESSAGE\nPt: {shouted}\nMRN: {mrn}\nCallback: {phone}\nTaken by {nurse_user}",
        ),
        (
            "Says nausea is worse since {drug}, no fever.",
            "Wants the {soon} appointment moved; {doctor_bare} agrees.",
            "Asked me to e-mail the letter to {email}.",
            "Insurance {plan} needs authorisation for {drug}.",
            "Confirmed address as {street} in {city}.",
            "{kin} will drive; {she} cannot manage the bus from {city}.",
            "Advised to come to {hospital} if temperature over 38.",
            "Paged {doctor} on {pager}.",
            "She said, and I quote, that {misspelt} is how they spelled it on the label.",
            "Read out {lab} and {lab} from {earlier}.",
            "Identity checked with {dob} and the last visit on {iso_visit}.",
        ),
        ("Will call back {soon}.", "{nurse}, RN", "Closed by {nurse_user}.", "Portal link sent: {portal}"),
        4,
    ),
    "nursing note": Template(
        (
            "{visit_day} 08:40 {family} arrived with {kin_given}, wristband {mrn_spaced} checked.",
            "Day unit, {hospital}. {given} here for {drug}. {vital}, {vital}.",
            "Nursing: pt {initials} ({age} yo) seated, {vital}. Trial no. {subject_id}.",
        ),
        (
            "{procedure} accessed at first attempt, serial {device}, good blood return.",
            "Premedicated with {drug}; {drug} given over 30 min.",
            "{status}, eating well, weight stable.",
            "{kin_given} worried about cost, social work asked to ring {kin_phone}.",
            "{doctor} reviewed {lab} before release of the dose.",
            "Mild flushing, settled; no features of {eponym}.",
            "{given} tells me {she} was at {employer} for thirty years.",
            "Fall risk low. {titled} walks unaided.",
            "Teaching done with {given} and {relation}, both understand when to call.",
        ),
        ("Discharged home 13:15. {nurse} RN", "Handed over to {nurse}.", "Next cycle {soon}. Signed {nurse_user}"),
        4,
    ),
    "pathology report": Template(
        (
            "SURGICAL PATHOLOGY {accession}\nPatient: {reversed}   DOB: {dob}   MRN: {mrn}\n"
            "Submitted by {doctor_full}, {hospital}\nCollected {earlier}",
            "{accession}. Core biopsy from {titled}, received {earlier} from {hospital}.",
        ),
        (
            "Microscopy shows {tumour}, {grade}.",
            "Pathologic stage {tnm} (AJCC 8).",
            "Immunohistochemistry and sequencing: {gene}.",
            "Margins are clear; no {eponym} is seen.",
            "The findings were telephoned to {doctor} on {today}.",
            "Compared with the slides of {earlier} from the same patient ({family}).",
            "Tissue remains for {gene} testing.",
            "Block sent under {subject_id} to the central laboratory.",
        ),
        ("Electronically signed by {colleague}, {today}", "Reported: {doctor_full}, {today}"),
        4,
    ),
    "radiology report": Template(
        (
            "CT CHEST ABDOMEN PELVIS {visit_day}\n{shouted}, {mrn}\nReferrer {doctor}\nClinical: {tumour}, on {drug}.",
            "MRI of {iso_visit} in a {age}-year-old {woman}, {given} {family}, referred by {doctor_bare}.",
        ),
        (
            "Comparison: {earlier}.",
            "Target lesion 18 mm, previously 24 mm; partial response by RECIST 1.1.",
            "No pulmonary embolism. {procedure} tip in the right atrium.",
            "Enlarged left supraclavicular node (Virchow node).",
            "Stable appearances, {tnm}.",
            "Degenerative change at L4/L5, T12 unremarkable.",
            "Findings discussed with {doctor} at 16:20.",
            "The film jacket was labelled {misspelt}, date of birth agrees.",
        ),
        ("Read by {colleague}.", "Dictated by {nurse_user}, accession {accession}.", "{colleague}, {hospital}"),
        4,
    ),
    "progress note": Template(
        (
            "{full} is a {age}-year-old {woman} with {tumour}, {tnm}, seen {visit_day}.",
            "Follow-up of {initials}, here with {her} {relation}.",
            "S: {given} feels better. Says {kin_given} has noticed it too.",
        ),
        (
            "Past history: {eponym}; {procedure} in 2014.",
            "O: {vital}, {vital}, {status}, {score}.",
            "Today {lab}, {lab}.",
            "A/P: continue {drug}; ondansetron if needed. {regimen} held in reserve.",
            "{gene} reported; refer to genetics, {colleague}.",
            "{she} lives on {street} and drives {her} own car.",
            "Letter from {employer} about sick leave signed.",
            "Discussed with {doctor}, who knows the {family} family.",
            "Reached on {phone} after the visit, no new complaints.",
            "SSN {ssn} entered on the disability form.",
        ),
        ("RTC {soon}. {doctor_bare}", "See again {soon}.", "{doctor_full} MD, {hospital}"),
        5,
    ),
}
