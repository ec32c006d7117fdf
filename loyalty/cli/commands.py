"""The table of commands. A new command is a new file in this folder and a line here.

The short text stands here and not in the file, so that `loyalty --help` imports none of them.
"""

COMMANDS: dict[str, tuple[str, str]] = {
    # name: ("module:click command", one line for `loyalty --help`)
    "demo": ("loyalty.cli.demo.command:demo", "Server, counter and simulated devices with seeded data, in one go."),
    "serve": ("loyalty.cli.serve:serve", "The central server: ledger, back office, API."),
    "counter": ("loyalty.cli.counter:counter", "The counter program: devices, cashier and kiosk screens."),
    "simulate": ("loyalty.cli.simulate:simulate", "One simulated device on a port of its own."),
    "devices": ("loyalty.cli.devices:devices", "For technicians: profiles, checks, wire traces."),
    "scenario": ("loyalty.cli.scenario:scenario", "Scenario files: does the programme do what the shop expects?"),
    "programme": ("loyalty.cli.programme:programme", "The programme document: check, show, put, history."),
    "trial": ("loyalty.cli.trial:trial", "A programme tried on recorded sales; nothing is booked."),
    "db": ("loyalty.cli.db:db", "The database: upgrade, verify, rebuild-figures, backup, restore, move."),
    "import": ("loyalty.cli.importing:importing", "Members, cards, balances and sales from CSV and XLSX files."),
    "export": ("loyalty.cli.exporting:export", "Members, cards, transfers, balances and sales as files."),
    "report": ("loyalty.cli.report:report", "What we owe, points in and out, levels, sales: questions answered."),
    "staff": ("loyalty.cli.staff:staff", "People who may log in to the back office."),
    "nightly": ("loyalty.cli.nightly:nightly", "The day jobs: activate, expire, review levels."),
    "doctor": ("loyalty.cli.doctor:doctor", "Is this machine ready? One line for each check, with its remedy."),
    "apikey": ("loyalty.cli.apikey:apikey", "Keys for tills and programs."),
}
