"""The embedded ground: what `./jiujin up` runs beside the services."""
