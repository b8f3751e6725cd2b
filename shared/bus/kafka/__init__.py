"""The carrier over Apache Kafka: each service in processes of its own, one or many."""

from shared.bus.kafka.carrier import KafkaCarrier
from shared.bus.kafka.topics import Cluster

__all__ = ["Cluster", "KafkaCarrier"]
