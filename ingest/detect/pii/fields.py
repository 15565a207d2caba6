"""What a field is called: which names of keys and columns say that a value is personal.

After the rule of Amazon Macie's managed data identifiers: a keyword in the name of a column or
field, or close before the value, makes a value personal that its form alone does not. Names are
compared without case, spaces, dashes and underscores, so ``First Name``, ``first_name`` and
``firstName`` are one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import StrEnum
from functools import lru_cache
from typing import Final

from ingest.detect.pii.names import NameJudge, NameRun, read_name
from ingest.detect.pii.shapes import Chars, SpanRecognizer
from ingest.detect.pii.words import split_words
from ingest.domain.finding import Category


class FieldKind(StrEnum):
    """What a field holds."""

    FULL_NAME = "full_name"
    """A person's whole name, whatever the lists say of it."""
    PARTY = "party"
    """A person or a company."""
    STAFF = "staff"
    """A person, who works for or is served by a company."""
    FIRST_NAME = "first_name"
    LAST_NAME = "last_name"
    ANY_NAME = "any_name"
    """A name of a person or of a thing."""
    LOGIN = "login"
    PHONE = "phone"
    SSN = "ssn"
    CARD = "card"


_KEYS: Final[dict[FieldKind, str]] = {
    FieldKind.FULL_NAME: (
        "fullname realname legalname employeename patientname cardholder cardholdername holdername "
        "accountholder contactname contactperson personname studentname teachername doctorname "
        "passengername attendeename guestname authorname ownername recipientname sendername "
        "managername supervisorname billingname shippingname beneficiaryname memberfullname "
        "userfullname customerfullname spousename parentname guardianname nomcomplet "
        "nombrecompleto nomecompleto vollername applicantname "
        "candidatename nameoncard signatory employeefullname "
        "emergencycontact physician physicianname nextofkin gecos"
    ),
    FieldKind.PARTY: (
        "customer customername client clientname contact owner "
        "recipient sender author buyer seller beneficiary guest member lead owner "
        "displayname username membername tenantname creator "
        "editor editorname responsible kunde kundenname "
        "cliente titulaire titular payee payer billto shipto attn maintainer "
        "speaker reporter passenger candidate participant "
        "submitter holder operator responsable propietario inhaber kontoinhaber"
    ),
    FieldKind.STAFF: (
        "employee patient assignee manager supervisor reviewer approver requester requestor "
        "student teacher doctor attendee person signedby createdby updatedby modifiedby "
        "approvedby assignedto reportedby reviewedby requestedby ansprechpartner ansprechpartnerin "
        "signataire firmante firmatario unterzeichner instructor applicant "
        " sachbearbeiter bearbeiter empleado "
        "paciente autore auteur verfasser principalinvestigator pointofcontact productowner "
        "techlead teamlead projectlead projectmanager accountmanager mitarbeiter mitarbeiterin "
        "kontaktperson contactperson salesrep interviewer interviewee tutor professor lecturer"
        " nurse"
    ),
    FieldKind.FIRST_NAME: (
        "firstname givenname fname forename vorname prenom pr\u00e9nom primernombre imie imi\u0119 "
        "middlename firstnames preferredname voornaam fornavn f\u00f6rnamn etunimi primeironome "
        "customerfirstname userfirstname contactfirstname employeefirstname"
    ),
    FieldKind.LAST_NAME: (
        "lastname surname familyname lname nachname familienname apellido apellidos cognome "
        "nazwisko nomdefamille sobrenome maidenname mothersmaidenname achternaam etternavn "
        "efternamn sukunimi secondname "
        "customerlastname userlastname contactlastname employeelastname"
    ),
    FieldKind.ANY_NAME: "name nombre nome nom naam navn namn label value user",
    FieldKind.LOGIN: (
        "login userlogin loginname userid uid samaccountname accountname unixname sshuser ghuser "
        "githubuser githubusername twitterhandle twitter handle screenname nickname"
    ),
    FieldKind.PHONE: (
        "phone phonenumber phoneno phonenum telephone telephonenumber tel telno mobile mobilephone "
        "mobilenumber mobileno cell cellphone cellnumber fax faxnumber faxno homephone workphone "
        "officephone businessphone contactphone contactnumber contactno telefon telefono "
        "tel\u00e9fono t\u00e9l\u00e9phone telefone celular movil m\u00f3vil handy handynummer "
        "rufnummer telefonnummer msisdn whatsapp phone1 phone2 customerphone dayphone eveningphone "
        "emergencyphone primaryphone secondaryphone userphone telefoon puhelin puhelinnumero"
    ),
    FieldKind.SSN: (
        "ssn socialsecurity socialsecuritynumber socialsecurityno ssnumber socsec taxid "
        "ssnno employeessn patientssn taxpayerid tin"
    ),
    FieldKind.CARD: (
        "card cardnumber cardno cardnum creditcard creditcardnumber creditcardno ccnumber ccnum "
        "ccno cc pan debitcard debitcardnumber paymentcard kartennummer"
    ),
}
FIELD_ENDS: Final = split_words(
    r"names? nombre nome nom naam navn namn label value user gecos holder customer client "
    r"employee patient contact person owner assignee manager supervisor recipient sender "
    r"author reporter reviewer approver requester requestor buyer seller beneficiary guest "
    r"student teacher doctor passenger attendee member lead by creator editor responsible "
    r"kunde ansprechpartner cliente titulaire titular payee payer bill_?to ship_?to "
    r"assigned_?to attn maintainer speaker instructor applicant candidate participant "
    r"submitter vorname prenom pr[^a-z]{1,2}nom imi.{1,2} apellidos? cognome nazwisko "
    r"nom_?de_?famille sukunimi etunimi operator bearbeiter responsable empleado paciente "
    r"propietario autore auteur verfasser inhaber signatory signataire firmante firmatario "
    r"unterzeichner physician kin complet[oe]? card cardholder mitarbeiter(?:in)? rep "
    r"interviewe[re] tutor professor lecturer nurse ansprechpartnerin kontaktperson"
)
"""What the names of fields for people end in; looser than `kind_of`, which decides."""
_KIND_OF: Final = {key: kind for kind, keys in _KEYS.items() for key in keys.split()}


@lru_cache(maxsize=4096)
def kind_of(name: str) -> FieldKind | None:
    """Return what a field of this name holds, or None; prefixes such as ``user.`` do not count."""
    last = re.split(r"[.:/\[\]]", name.strip("\"'`]"))[-1]
    for part in (name, last, last.rpartition(" ")[2]):
        kind = _KIND_OF.get(re.sub(r"[\W_]", "", part).lower())
        if kind:
            return kind
    # ``DEFAULT_OPERATOR``, ``invoiceRecipient``: what a party is of says nothing against it
    tail = re.split(r"[\W_]|(?<=[a-z])(?=[A-Z])", last)[-1].lower()
    kind = _KIND_OF.get(tail)
    return kind if kind in {FieldKind.PARTY, FieldKind.STAFF} else None


_VALUE: Final = re.compile(r"[:=>][ \t]{0,8}[\"'`]{0,3}(?:u(?=[\"'])[\"'])?(?=[A-Z]|[^\x00-\x7f])")
_KEY: Final = re.compile(
    r"(?P<key>[A-Za-z\u00c0-\u017f][\w.-]{1,40}(?: [A-Za-z]\w{1,12})?)[\"'`]?\]?[ \t]{0,8}"
    r"(?::|=|-)?$"
)
_MAX_KEY: Final = 64
_END: Final = re.compile(r"[ \t]*(?:[\"'`<,;)}\]|]|$|\n|\r|#|//)|[ \t]+(?:[/&+\u2013-][ \t]|\()")
_REVERSED: Final = re.compile(
    r"([^\W\d_a-z][\w'\u2019-]{1,24}), ?([^\W\d_a-z][\w'\u2019-]{1,24})(?: [A-Z]\.)?"
    r"(?=[\"'<]|[ \t]*(?:\r?\n|$))"
)
"""Surname first, as in catalogues and directories."""
_WHOLE: Final = frozenset({FieldKind.FULL_NAME, FieldKind.PARTY, FieldKind.STAFF})
_STRONG: Final = frozenset({FieldKind.FIRST_NAME, FieldKind.LAST_NAME})


class FieldPersonRecognizer(SpanRecognizer):
    """Finds the name that a field is said to hold: ``"full_name": "…"``, ``customer: …``."""

    category = Category.PERSON

    def __init__(self, judge: NameJudge) -> None:
        """Take the judge of name-shaped runs."""
        self._judge = judge
        super().__init__("person.field", score=0.7)

    def spans(self, text: str) -> Iterator[Chars]:
        """Yield names that fill the value of a field for names."""
        for match in _VALUE.finditer(text):
            head = text[max(0, match.start() - _MAX_KEY) : match.start()]
            key = _KEY.search(head)
            kind = kind_of(key["key"]) if key else None
            if kind is None:
                continue
            if kind in _STRONG:
                end = self._single_end(text, match.end())
            else:
                end = self._run_end(text, match.end(), kind)
            if end and _END.match(text, end):
                yield match.end(), end

    def _run_end(self, text: str, start: int, kind: FieldKind) -> int:
        run = read_name(text, start)
        if run is None:
            return self._reversed_end(text, start, kind)
        if self._judge.reason_against(run.words):
            return self._shouted_end(run, kind)
        wants = {
            FieldKind.FULL_NAME: lambda words: True,  # noqa: ARG005 - the field says it
            FieldKind.PARTY: self._judge.is_likely_person,
            FieldKind.STAFF: self._is_staff,
            FieldKind.ANY_NAME: self._judge.is_listed,
        }.get(kind)
        return run.end if wants and wants(run.words) else 0

    def _is_staff(self, words: tuple[str, ...]) -> bool:
        return self._judge.is_likely_person(words) or self._judge.is_plain(words)

    def _reversed_end(self, text: str, start: int, kind: FieldKind) -> int:
        """Return the end of ``Quux, Jane`` that fills a field for people, or 0."""
        match = _REVERSED.match(text, start) if kind in _WHOLE else None
        if match is None:
            return 0
        words = (match.group(2), match.group(1))
        is_named = self._judge.gazetteer.is_first(words[0]) and self._judge.is_half_listed(words)
        return match.end() if is_named and not self._judge.reason_against(words) else 0

    def _shouted_end(self, run: NameRun, kind: FieldKind) -> int:
        """Return the end of a name in capitals, as cards bear it, where half of it is listed."""
        if kind not in _WHOLE or not all(map(str.isupper, run.words)):
            return 0
        words = tuple(word.title() for word in run.words)
        is_named = self._judge.is_half_listed(words) and not self._judge.reason_against(words)
        return run.end if is_named else 0

    def _single_end(self, text: str, start: int) -> int:
        """Return the end of one to three listed words, or 0: types and labels stand there too."""
        run = read_name(text, start)
        if run and self._judge.is_half_listed(run.words):
            return 0 if self._judge.reason_against(run.words) else run.end
        span = self._judge.single_name(text, start, allow_ordinary=True)
        return span[1] if span else 0
