"""What a region reaches of rosters: its own and what is below it."""

from accounts.roles import REGION
from bureau.reach import in_region
from core.registries import register_reach

register_reach(REGION, "roster.source")(in_region("region"))
register_reach(REGION, "roster.syncrun")(in_region("source__region"))
register_reach(REGION, "roster.pupilroster")(in_region("region"))
