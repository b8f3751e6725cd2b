"""What Kafka runs with. All paths are relative to its folder: a property can't hold every name."""

from deploy.ports import HOST

DATA = "data"
NODE = 1

# One node keeps everything, for ever: neither a topic nor a group's position may fade. What is acknowledged
# is on the disk, since no other node has it. A broker that was killed is let in again when its session has
# ended: Kafka's nine seconds serve clusters whose nodes lose sight of each other.
SETTINGS = {
    "auto.create.topics.enable": "false",
    "broker.heartbeat.interval.ms": "500",
    "broker.session.timeout.ms": "3000",
    "group.initial.rebalance.delay.ms": "0",
    "log.flush.interval.messages": "1",
    "log.retention.ms": "-1",
    "offsets.retention.minutes": str(2**31 - 1),
    "offsets.topic.num.partitions": "4",
    "offsets.topic.replication.factor": "1",
    "share.coordinator.state.topic.min.isr": "1",
    "share.coordinator.state.topic.num.partitions": "1",
    "share.coordinator.state.topic.replication.factor": "1",
    "transaction.state.log.min.isr": "1",
    "transaction.state.log.num.partitions": "4",
    "transaction.state.log.replication.factor": "1",
}

JVM = (
    "-Xmx512m",
    "-XX:+UseSerialGC",
    "-XX:TieredStopAtLevel=1",
    "-XX:+ExitOnOutOfMemoryError",
    "-XX:-UsePerfData",  # a file in the machine's /tmp for each process
    "-Djava.awt.headless=true",
    "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
    "-Dorg.slf4j.simpleLogger.showDateTime=true",
    "-Dorg.slf4j.simpleLogger.dateTimeFormat=yyyy-MM-dd'T'HH:mm:ss.SSSX",
)


def properties(data: str, port: int, controller_port: int) -> str:
    """A server.properties: broker and controller in one process, on loopback."""
    settings = SETTINGS | {
        "process.roles": "broker,controller",
        "node.id": str(NODE),
        "log.dirs": data,
        "listeners": f"PLAINTEXT://{HOST}:{port},CONTROLLER://{HOST}:{controller_port}",
        "advertised.listeners": f"PLAINTEXT://{HOST}:{port}",
        "controller.listener.names": "CONTROLLER",
        "controller.quorum.voters": f"{NODE}@{HOST}:{controller_port}",
        "inter.broker.listener.name": "PLAINTEXT",
        "listener.security.protocol.map": "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT",
    }
    return "".join(f"{name}={value}\n" for name, value in settings.items())
