"""Books sales as fast as it can and tells each one it was told is booked, until it is killed."""

import sys
from datetime import UTC, datetime
from decimal import Decimal

from loyalty.checkout.record_purchase import record_purchase
from loyalty.contract.commands import RecordPurchase
from loyalty.db.session import open_engine, write
from loyalty.members.conventions import Conventions

if __name__ == "__main__":
    url, member, number = sys.argv[1], sys.argv[2], int(sys.argv[3])
    engine, now = open_engine(url), datetime(2026, 3, 1, 12, tzinfo=UTC)
    while True:
        command = RecordPurchase(f"k{number}", "till", number, now, member=member, amount=Decimal("1.00"))
        with write(engine) as session:
            record_purchase(session, command, now, Conventions())
        sys.stdout.write(f"{number}\n")  # the answer leaves only after the commit
        sys.stdout.flush()
        number += 1
