"""Words of jobs in the page's language."""

from loyalty.ops.jobs import Job
from loyalty.web.texts import N_, _

KINDS: dict[str, str] = {
    "members": N_("Members"),
    "cards": N_("Cards"),
    "balances": N_("Balances"),
    "purchases": N_("Sales"),
    "sales": N_("Sales"),
    "transfers": N_("Points in and out"),
}
_JOBS: dict[str, str] = {
    "import.look": N_("Import looked at: %(what)s"),
    "import.book": N_("Import: %(what)s"),
    "import.undo": N_("Import taken back: %(what)s"),
    "export": N_("Export: %(what)s"),
    "backup.make": N_("Backup"),
    "backup.drill": N_("Restore drill"),
    "mail.staff": N_("Mail to the staff: %(what)s"),
}
_STATES: dict[str, str] = {
    "draft": N_("not started"),
    "waiting": N_("waiting"),
    "running": N_("running"),
    "done": N_("done"),
    "failed": N_("failed"),
    "cancelled": N_("stopped"),
}


def kind_word(kind: str) -> str:
    return _(KINDS[kind]) if kind in KINDS else kind


def job_name(job: Job) -> str:
    """What the job is about, for a list."""
    named = job.details.get("file_name") or job.details.get("subject")
    what = str(named or kind_word(str(job.details.get("kind", ""))))
    return _(_JOBS[job.kind], what=what) if job.kind in _JOBS else job.kind


def state_word(state: str) -> str:
    return _(_STATES[state])
