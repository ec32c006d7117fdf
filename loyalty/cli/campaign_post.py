"""Running campaigns that send a message: whoever got it by lot is put into the outbox, some at a time.

Here and not in the campaigns, because campaigns and messages do not know each other.
"""

from datetime import datetime

from sqlalchemy import Engine

from loyalty.campaigns.campaign_life import all_campaigns
from loyalty.campaigns.campaign_told import kind_of, still_to_tell
from loyalty.db.session import read, write
from loyalty.messages.places import known_of
from loyalty.messages.post import send
from loyalty.messages.templates import template

AT_ONCE = 100
"""Members in one transaction, so that sales go on in between."""
ACTOR = "system:campaigns"


def tell_campaigns(engine: Engine, now: datetime) -> int:
    """A turn of the timekeeper; how many messages were asked for. Twice is once: the occasion is the campaign."""
    with read(engine) as session:
        running = [each for each in all_campaigns(session) if each.state == "running"]
        waiting = [(each, telling) for each in running for telling in still_to_tell(session, each.id, each.plan)]
    done = 0
    for campaign, telling in waiting:
        for begin in range(0, len(telling.members), AT_ONCE):
            some = telling.members[begin : begin + AT_ONCE]
            with write(engine) as session:
                words = template(session, telling.template)
                for member, context in known_of(session, some, now):
                    send(session, member, kind_of(campaign.id), words, context, now, by=ACTOR)
            done += len(some)
    return done
