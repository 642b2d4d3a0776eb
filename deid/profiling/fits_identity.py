"""Values of identifiers, contacts, devices and accounts."""

from __future__ import annotations

from collections.abc import Mapping

from deid.profiling import checks
from deid.profiling.dictionaries import SURE_YES_NO
from deid.profiling.fit import AGAINST, DOUBT, LIKELY, NEVER, POSSIBLE, SILENT, STANDS, SURE, Fit, Test, graded, of
from deid.profiling.look import Look
from deid.profiling.vocabulary import clinical
from deid.spelling import nhs_number


def identifier(look: Look) -> Fit:
    """Anything short without a published format: a record number may be three digits or thirty letters."""
    plain = _plainly_medical(look)
    if plain:
        return Fit(NEVER, plain)
    if yes_no(look):
        return Fit(AGAINST, "the values are yes and no")
    if look.dates >= 0.8:
        return Fit(AGAINST, of(look.dates, "are dates", look))
    if look.prose >= 0.3 and look.words >= 6:
        return Fit(AGAINST, of(look.prose, "read as sentences", look))
    if look.decimal >= 0.3:
        return Fit(DOUBT, of(look.decimal, "are numbers with a fraction", look))
    if plain_labels(look):
        return Fit(SILENT, f"{look.distinct} labels without digits, each repeated")
    tokens = look.share("identifier")
    if tokens >= 0.5:
        return Fit(POSSIBLE, of(tokens, "have the shape of an identifier", look))
    if look.unique >= 0.95 and look.present >= 20:
        return Fit(POSSIBLE, f"{look.distinct} distinct values in {look.present} cells")
    return Fit(SILENT)


def _plainly_medical(look: Look) -> str:
    """Return what of medicine the values are, so that they number nobody; '' where they are nothing of it."""
    if look.nucleotides:
        return of(look.share("nucleotides"), "are sequences of bases", look)
    if look.share("grade") == 1.0:
        return "the values are counts of pregnancies, or grades of retinopathy"
    return "the values are clinical terms" if clinical(look) else ""


def subject(look: Look) -> Fit:
    """Tokens that name a person in a study; a subject line, or names under such a header, are several words."""
    worded = look.words >= 2.5 or (look.words >= 1.6 and look.share("with_digit") < 0.5)
    if worded and look.share("identifier") < 0.5:
        return Fit(AGAINST, f"{look.words:.1f} words in a value on average")
    return identifier(look)


def yes_no(look: Look) -> bool:
    """Whether the values are yes and no (or both of 1 and 0), and nothing else."""
    return look.share_in(SURE_YES_NO) == 1.0 or set(look.folded) == {"0", "1"}


def plain_labels(look: Look) -> bool:
    """Whether the column repeats few ordinary labels: no digits, and no names of persons among them."""
    if not look.few or look.distinct > 30 or look.share("with_digit") > 0.1:
        return False
    return max(look.given, look.family, look.full_name) < 0.2


def sample(look: Look) -> Fit:
    """Specimen labels hold digits; several words are a description of the specimen."""
    if look.words >= 1.5 and look.share("with_digit") < 0.5:
        return Fit(AGAINST, "the values are several words without digits")
    return identifier(look)


def email(look: Look) -> Fit:
    """E-mail addresses."""
    return graded(look, look.share("email"), "are e-mail addresses", full=SURE)


def url(look: Look) -> Fit:
    """Web addresses, published vocabularies aside."""
    if look.share("published") >= 0.6:
        return Fit(DOUBT, of(look.share("published"), "are addresses of published vocabularies", look))
    return graded(look, look.share("address_of_web"), "are web addresses", full=SURE)


def ip(look: Look) -> Fit:
    """IP addresses."""
    return graded(look, look.share("ip"), "are IP addresses", full=SURE)


def uuid(look: Look) -> Fit:
    """Universally unique identifiers and hexadecimal digests."""
    return graded(look, look.share("uuid", "hex_digest"), "are universally unique identifiers or digests", full=SURE)


def ssn(look: Look) -> Fit:
    """Social security and other national numbers, with or without their separators."""
    national = look.share("ssn", "national_id")
    if look.share("ssn") >= 0.6:
        return Fit(SURE, of(look.share("ssn"), "are digits grouped 3-2-4", look))
    if national >= 0.6:
        return Fit(LIKELY, of(national, "have the shape of a national identifier", look))
    plain = look.share("nine_digits", "last_four", "digits_6_18")
    if plain >= 0.5:
        return Fit(POSSIBLE, of(plain, "are digits as of a national number", look))
    return identifier(look) if identifier(look).points < 0 else Fit(SILENT)


def phone(look: Look) -> Fit:
    """Telephone numbers; bare digits need a name that says so."""
    strict, loose = look.share("phone_strict"), look.share("phone", "phone_plain")
    if strict >= 0.6 and look.share("national_id") < 0.5:
        return Fit(SURE if strict >= 0.8 and look.distinct >= 3 else LIKELY, of(strict, "are telephone numbers", look))
    if loose >= 0.6 and look.dates < 0.5:
        return Fit(LIKELY, of(loose, "can be telephone numbers", look))
    if look.decimal >= 0.3 or (
        look.numeric >= 0.9 and look.share("integer") >= 0.9 and look.widths == 1 and loose < 0.1
    ):
        return Fit(AGAINST, "the numbers are too short or have fractions")
    return identifier(look) if identifier(look).points < 0 else Fit(SILENT)


def account(look: Look) -> Fit:
    """Bank accounts and payment cards, by their check digits."""
    ibans = look.share_where(checks.iban) if look.share("iban") >= 0.5 else 0.0
    cards = look.share_where(checks.card)
    if ibans >= 0.8:
        return Fit(SURE, of(ibans, "are IBANs with their check digits", look))
    if cards >= 0.9 and look.distinct >= 3:
        return Fit(LIKELY, of(cards, "pass the check digit of payment cards", look))
    return identifier(look)


def licence(look: Look) -> Fit:
    """Licences; US provider numbers by their check digit."""
    passes = look.share_where(checks.npi)
    if passes >= 0.9:
        return Fit(LIKELY, of(passes, "pass the check digit of provider numbers", look))
    return identifier(look)


def device(look: Look) -> Fit:
    """Device numbers; unique device identifiers by their shape."""
    codes = look.share("udi")
    if codes >= 0.5:
        return Fit(SURE, of(codes, "are unique device identifiers", look))
    return identifier(look)


def vehicle(look: Look) -> Fit:
    """Plates; vehicle numbers by their check digit."""
    vins = look.share_where(checks.vin) if look.share("seventeen") >= 0.5 else 0.0
    if vins >= 0.8:
        return Fit(SURE, of(vins, "are vehicle numbers with their check digit", look))
    return identifier(look)


def record_number(look: Look) -> Fit:
    """Record numbers; NHS numbers by their check digit."""
    passes = look.share_where(nhs_number)
    if passes >= 0.95 and look.distinct >= 5:
        return Fit(STANDS, of(passes, "pass the check digit of NHS numbers", look))
    return identifier(look)


def sample_barcode(look: Look) -> Fit:
    """Specimen identifiers; barcodes of cancer studies by their shape."""
    codes = look.share("barcode")
    if codes >= 0.6 and look.distinct >= 3:
        return Fit(LIKELY, of(codes, "have the shape of a sample or participant barcode", look))
    return sample(look)


def username(look: Look) -> Fit:
    """Logins and handles."""
    if look.share("email") >= 0.6:
        return Fit(SILENT)
    return identifier(look)


def biometric(look: Look) -> Fit:
    """Names of pictures and prints."""
    return identifier(look) if identifier(look).points < 0 else Fit(SILENT)


FITS: Mapping[str, Test] = {
    "email": email,
    "url": url,
    "ip_address": ip,
    "uuid": uuid,
    "ssn": ssn,
    "phone": phone,
    "fax": phone,
    "account_number": account,
    "licence_number": licence,
    "device_id": device,
    "vehicle_id": vehicle,
    "record_number": record_number,
    "subject_id": subject,
    "sample_id": sample_barcode,
    "accession_number": identifier,
    "health_plan_number": identifier,
    "record_id": identifier,
    "username": username,
    "biometric": biometric,
}
