"""The system in several processes: services, relays and the gateway, each on its own, with Kafka between."""
