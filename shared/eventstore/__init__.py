"""The event store on PostgreSQL: append, read, subscribe, project, timers."""
