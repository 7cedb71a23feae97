"""Forms of groups."""

from groups.forms.cases import CaseForm, LinesForm
from groups.forms.decisions import ApprovalForm, NoteForm, RejectionForm
from groups.forms.documents import DocumentForm, FilingForm
from groups.forms.groups import MemberForm, ModeSwitchForm, RegisterForm
from groups.forms.opinions import ConsentForm, OpinionForm

__all__ = [
    "ApprovalForm",
    "CaseForm",
    "ConsentForm",
    "DocumentForm",
    "FilingForm",
    "LinesForm",
    "MemberForm",
    "ModeSwitchForm",
    "NoteForm",
    "OpinionForm",
    "RegisterForm",
    "RejectionForm",
]
