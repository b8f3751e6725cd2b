"""A ready token per role, bound to people of the demo where a role reaches its own things only."""

from deploy.folder import DataFolder, RunState
from deploy.tokens import BOUND, person, signer
from shared.roles import Role


async def ready_tokens(folder: DataFolder, state: RunState) -> dict[Role, str]:
    """Tokens of this demo, kept in `tokens.json` too; none for a bureau's own data."""
    if not state.demo:
        return {}
    sign = signer(folder.path)
    tokens = {role: sign.token(person(role)) for role in Role if role not in BOUND}
    folder.keep_tokens({role.value: token for role, token in tokens.items()})
    return tokens
