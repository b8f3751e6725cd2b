"""`jiujin token`: a token for development."""

from typing import Annotated

import typer

from cli.app import CliError, app
from cli.options import DEFAULT_DATA, Cadre, Communities, Data, Helper, Json, Unit
from cli.screen import show_json
from shared.roles import Role

HOURS, MAX_HOURS = 12.0, 24.0 * 30


@app.command(epilog="Example: ./jiujin token --role coordinator --community HT01 --hours 2")
def token(  # noqa: PLR0913  the options of a verb
    role: Annotated[Role, typer.Option("--role", help="Whose token.")] = Role.OPERATOR,
    community: Communities = None,
    cadre: Cadre = None,
    helper: Helper = None,
    unit: Unit = "",
    sub: Annotated[
        str, typer.Option("--sub", help="Another person of the role than the usual one.", show_default=False)
    ] = "",
    hours: Annotated[float, typer.Option("--hours", min=0.01, max=MAX_HOURS, help="How long.")] = HOURS,
    data: Data = DEFAULT_DATA,
    *,
    as_json: Json = False,
) -> None:
    """Make a token for development. Only a demo takes such tokens; a bureau's own data refuse them."""
    from deploy.tokens import BOUND, person, signer

    bound = BOUND.get(role)
    if bound is not None and not {"cadre": cadre, "helper": helper, "unit": unit}[bound]:
        raise CliError(f"the role {role} reaches its own things only: say whose with --{bound}.")
    scope = None
    if community:
        # The id of a community follows from its code.
        from services.intake.domain.community import community_id

        scope = [community_id(code) for code in community]
    who = person(role, communities=scope, cadre=cadre, helper=helper, unit=unit, sub=sub)
    made = signer(data, hours).token(who)
    if as_json:
        show_json({"role": role.value, "sub": who.sub, "hours": hours, "token": made})
    else:
        print(made)
