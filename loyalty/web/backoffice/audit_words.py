"""The audit log's words: who did it, what was done, in the page's language."""

from loyalty.web.texts import N_, _

FAMILIES: dict[str, str] = {
    "account": N_("Own log-in"),
    "campaign": N_("Campaigns"),
    "card": N_("Cards"),
    "challenge": N_("Challenges"),
    "counter": N_("Counters"),
    "sale": N_("Sales"),
    "key": N_("API keys"),
    "member": N_("Members"),
    "points": N_("Points"),
    "programme": N_("Programme"),
    "report": N_("Reports"),
    "segment": N_("Segments"),
    "session": N_("Log-ins"),
    "settings": N_("Settings"),
    "staff": N_("Staff"),
    "values": N_("Lifetime value"),
    "work": N_("To look at"),
}

ACTIONS: dict[str, str] = {
    "account.elsewhere": N_("Logged out everywhere else"),
    "account.password": N_("Own password changed"),
    "account.passkey_added": N_("Passkey added"),
    "account.passkey_removed": N_("Passkey removed"),
    "account.totp_off": N_("Codes at log-in switched off"),
    "account.totp_on": N_("Codes at log-in switched on"),
    "account.recovery_codes": N_("New recovery codes"),
    "campaign.agree": N_("Campaign agreed to"),
    "campaign.ask": N_("Agreement to a campaign asked for"),
    "campaign.change": N_("Campaign changed"),
    "campaign.drop": N_("Draft of a campaign let go"),
    "campaign.end": N_("Campaign ended"),
    "campaign.plan": N_("Campaign planned"),
    "campaign.send_back": N_("Campaign sent back"),
    "campaign.start": N_("Campaign started"),
    "campaign.stop": N_("Campaign stopped"),
    "campaign.take_back": N_("Campaign taken back"),
    "card.activate": N_("Card works again"),
    "card.block": N_("Card blocked"),
    "card.issue": N_("Card given"),
    "card.lose": N_("Card reported lost"),
    "card.replace": N_("Card replaced"),
    "card.retire": N_("Card retired"),
    "card.receive": N_("Cards taken into stock"),
    "card.withdraw": N_("Cards taken out of stock"),
    "card.put_back": N_("Card put back into stock"),
    "card_job.start": N_("Cards are being made"),
    "card_job.pause": N_("Making of cards paused"),
    "card_job.resume": N_("Making of cards resumed"),
    "card_job.cancel": N_("Making of cards cancelled"),
    "card_job.retry": N_("Spoilt cards made again"),
    "card.design": N_("Card design changed"),
    "challenge.close": N_("Challenge closed"),
    "challenge.make": N_("Challenge made"),
    "counter.enrol": N_("Counter set up"),
    "key.create": N_("Key made"),
    "key.revoke": N_("Key stopped"),
    "member.create": N_("Member enrolled"),
    "member.edit": N_("Member changed"),
    "member.consent": N_("Consent written down"),
    "member.erase": N_("Personal data erased"),
    "member.export": N_("Personal data given out"),
    "member.merge": N_("Members merged"),
    "member.pin": N_("PIN changed"),
    "points.adjust": N_("Points by hand"),
    "sale.move": N_("Sale moved to another member"),
    "programme.agree": N_("Programme agreed to"),
    "programme.ask": N_("Agreement to a programme asked for"),
    "programme.put": N_("Programme put"),
    "programme.send_back": N_("Draft of a programme sent back"),
    "programme.take_back": N_("Request for agreement taken back"),
    "programme.withdraw": N_("Planned programme withdrawn"),
    "report.drop": N_("Kept report taken away"),
    "report.keep": N_("Report kept under a name"),
    "segment.change": N_("Segment changed"),
    "segment.drop": N_("Segment taken away"),
    "segment.fix": N_("Segment fixed"),
    "segment.loosen": N_("Segment follows its rules again"),
    "segment.make": N_("Segment made"),
    "session.login": N_("Logged in"),
    "session.logout": N_("Logged out"),
    "session.refused": N_("Log-in refused"),
    "settings.change": N_("Settings changed"),
    "staff.activate": N_("Person may log in again"),
    "staff.create": N_("Person added"),
    "staff.deactivate": N_("Person switched off"),
    "staff.password": N_("Password reset"),
    "staff.roles": N_("Roles changed"),
    "staff.second_step_off": N_("Second step taken away"),
    "values.refresh": N_("Lifetime values worked out"),
    "work.give": N_("Sale given to a member"),
    "work.settle": N_("Report settled"),
}
"""An action that is not here is shown by its own name."""

_ACTORS = {"key": N_("API key"), "command": N_("Command"), "counter": N_("Counter")}


def action_word(action: str) -> str:
    return _(ACTIONS[action]) if action in ACTIONS else action


def family_word(family: str) -> str:
    return _(FAMILIES[family]) if family in FAMILIES else family


def actor_word(actor: str) -> str:
    """`staff:ada@shop.example` is the address alone; programs say what they are."""
    kind, _colon, name = actor.partition(":")
    return f"{_(_ACTORS[kind])} {name}" if kind in _ACTORS else name
