"""The seven analyses by name."""

from loyalty.insight.analysis import Analysis
from loyalty.insight.what_goes_together import PRODUCT
from loyalty.insight.what_is_left import PROFITABILITY
from loyalty.insight.what_works import PROMOTION
from loyalty.insight.where_sold import PERFORMANCE
from loyalty.insight.who_buys import PROFILE
from loyalty.insight.who_comes import PROSPECTING
from loyalty.insight.who_stays import PERSISTENCY

ANALYSES: dict[str, Analysis] = {
    each.name: each
    for each in (PROFILE, PERSISTENCY, PROFITABILITY, PERFORMANCE, PROSPECTING, PRODUCT, PROMOTION)
}
