"""What the proposals from a note say together: one follows from others, or is ruled out."""

import re

from matching.note_proposals import Proposal

_OF_AGE = 18
_AT_WORK = 15
"""In the year from this birthday on, the first 31 March decides who is employed."""

_PAST_THAT_MARCH = re.compile(
    r"(?:高校生|(?<![一-龥])高校?[1-3一二三](?:年生?+)?+)(?!の?(?:息子|娘|子|孫|[兄弟姉妹]|[男女]の子|きょうだい))"
    r"|高校(?:を中退|中退|に通[っう])|中卒|中学(?:校)?を(?:出|卒業|終え)"
)
"""What tells of somebody of fifteen that compulsory school lies behind them."""

_WITH_CHILD = re.compile("妊娠|妊婦|臨月")
_BEARS_A_CHILD = 12
"""From then on an age beside a pregnancy is that of the person."""

_PAST_SCHOOL = 19
"""Who is so old and at no school stayed away from it once."""

_RAISES_CHILDREN = ("needs.childcare", "needs.postpartum", "needs.single_parent")

_LEFT_ALONE = re.compile(r"離婚|別れ|死別|先立|出て")
_A_CHILD = re.compile(
    r"(?<![一-龥])(?:子(?!どもの(?:頃|ころ)|供の頃)|息子|娘|[長次三][男女](?!性)|孫)|[小中高][1-6]|[幼乳園]児"
    r"|保育園|幼稚園|母子|父子|養育"
)
_NO_CHILD = re.compile(
    r"子(?:ども|供)?(?:さん)?(?:は|が|も)?(?:、|\s)?(?:な[しい]|いな|おら|ゼロ|(?:みな|皆|全員|すでに|もう)*(?:独立|成人|自立|巣立))"
    r"|元?[夫妻](?:が|に)(?:引き取|親権|養育)"
)
_TOO_OLD = 70
"""From then on a child is hardly small, whoever died."""

_KEPT_FROM = re.compile(
    r"(?:夫|妻|旦那|主人|父親?|母親?|親|両親|兄|彼氏?|交際相手|相手|加害者|家族|実家|親族|親戚)に(?:は|も)?(?:、|絶対に?|この(?:相談|こと)を?|ここを?)*"
    r"(?:内緒|秘密|内密|言わ(?:な|ず)|知らせ(?:な|ず)|知られ(?:た|て|る|ず|な)|伝え(?:な|ず)|連絡(?:は|を)?し(?:な|て(?:は|ほしくな))|漏ら)"
)
"""Beside violence, what somebody of the family mustn't learn is where the person is."""

_OF_A_JOB = re.compile(r"遅刻|欠勤|続か|もたな|定着|長続き")


def as_a_whole(found: list[Proposal], note: str, *, at_school: bool) -> list[Proposal]:
    """Return the proposals that are left, and those that follow from several.

    Care by a pupil is a young carer's, beside small children double care. An age of nine where
    somebody raises children is a child's; who lost a partner and has no child is no single parent.
    """
    by_field = {p.field: p for p in found}
    age = by_field.get("age")
    out = set()
    if age is not None and _is_a_childs_age(age, by_field, note):
        out.add("age")
        age = None
    years = None if age is None else int(age.value)
    if "needs.single_parent" in by_field and not _has_a_child(by_field, note, years):
        out.add("needs.single_parent")
    if years is not None and years >= _PAST_SCHOOL and not at_school:
        out.add("needs.truancy")
    job = by_field.get("needs.job_retention")
    young = at_school or (years is not None and not _may_be_employed(years, note))
    if job is not None and young and _OF_A_JOB.search(job.because) and "バイト" not in note:
        out.add(job.field)
    kept = [p for p in found if p.field not in out and not _is_asked(p, note)]
    return _with_care(
        _kept_safe(kept, by_field, note), at_school if years is None else years < _OF_AGE
    )


def _kept_safe(found: list[Proposal], by_field: dict[str, Proposal], note: str) -> list[Proposal]:
    """Add that a place is to be kept secret from whom somebody suffers violence."""
    secret = _KEPT_FROM.search(note)
    if secret is None or "needs.violence" not in by_field or "safety.protected" in by_field:
        return found
    return [*found, Proposal("safety.protected", True, secret.group())]


def _is_asked(proposal: Proposal, note: str) -> bool:
    """Tell whether it stands in the note as a question: 「手帳あり?」."""
    return proposal.field == "limits.holds" and f"{proposal.because}?" in note


def _may_be_employed(years: int, note: str) -> bool:
    """Tell whether somebody of an age may be employed at all.

    Nobody is until the first 31 March after the day on which they turn fifteen (労働基準法 第56条
    第1項). So at fourteen nobody is, at sixteen everybody may be; of fifteen the age alone doesn't
    tell, and counts as too young unless the note says that they go to 高校 or left 中学.
    """
    if years != _AT_WORK:
        return years > _AT_WORK
    return _PAST_THAT_MARCH.search(note) is not None


def _is_a_childs_age(age: Proposal, by_field: dict[str, Proposal], note: str) -> bool:
    """Tell whether an age is that of a child somebody raises: one too young to be employed."""
    if not re.search("[歳才]", age.because) or "本人" in age.because:
        return False
    if _may_be_employed(int(age.value), note):
        return False
    birth = by_field.get("needs.postpartum")
    if birth and _WITH_CHILD.search(birth.because) and age.value >= _BEARS_A_CHILD:
        return False
    return any(field in by_field for field in _RAISES_CHILDREN)


def _has_a_child(by_field: dict[str, Proposal], note: str, years: int | None) -> bool:
    if not _LEFT_ALONE.search(by_field["needs.single_parent"].because):
        return True
    if _NO_CHILD.search(note) or (years is not None and years >= _TOO_OLD):
        return False
    return _A_CHILD.search(note) is not None


def _with_care(found: list[Proposal], young: bool) -> list[Proposal]:
    by_field = {p.field: p for p in found}
    care = by_field.get("needs.caregiving")
    if care is None:
        return found
    if young:
        carer = Proposal("needs.young_carer", care.value, care.because)
        return [*(p for p in found if p.field not in (care.field, carer.field)), carer]
    if "needs.childcare" in by_field and "needs.double_care" not in by_field:
        return [*found, Proposal("needs.double_care", care.value, care.because)]
    return found
