import pytest

from the_mule import MuleConfigurationError, MuleError
from the_mule.configuration import Options, read_configuration

LEAST = {"REDIS_URL": "redis://127.0.0.1:6399", "PEER_NAME": "alice"}


def test_the_environment_and_the_defaults() -> None:
    configuration = read_configuration(Options(), LEAST)
    assert (configuration.name, configuration.redis.port) == ("alice", 6399)
    assert (configuration.listen_addr, configuration.log_level) == (None, "info")
    assert configuration.delay_file == "/tmp/delay"  # noqa: S108 - the protocol's
    assert (configuration.connect_timeout, configuration.close_timeout) == (20, 5)
    assert configuration.log_buffer_lines == 50_000


def test_options_win_over_the_environment() -> None:
    options = Options(redis_url="redis://other", name="bob", listen_addr="/ip4/1.2.3.4/udp/1", log_level="trace")
    options.delay_file = "/here"
    environment = {**LEAST, "LISTEN_ADDR": "/ip6/::/udp/2", "LOG_LEVEL": "error", "TM_DELAY_FILE": "/there"}
    configuration = read_configuration(options, environment)
    assert (configuration.redis.host, configuration.name) == ("other", "bob")
    assert (configuration.listen_addr, configuration.log_level) == ("/ip4/1.2.3.4/udp/1", "trace")
    assert configuration.delay_file == "/here"


def test_a_tm_that_reads_the_stream_needs_no_gap_and_gets_heartbeats() -> None:
    alone = read_configuration(Options(), LEAST)
    assert (alone.gap_streamed, alone.gap_set_only, alone.heartbeat) == (0.02, 0.02, 0)
    under_tm = read_configuration(Options(), {**LEAST, "TM_RUN_ID": "run-1"})
    assert (under_tm.gap_streamed, under_tm.gap_set_only, under_tm.heartbeat) == (0, 0.02, 2)
    told = read_configuration(Options(status_gap=0.5, heartbeat=0), {**LEAST, "TM_RUN_ID": "run-1"})
    assert (told.gap_streamed, told.gap_set_only, told.heartbeat) == (0.5, 0.5, 0)


@pytest.mark.parametrize(
    ("given", "level"), [("INFO", "info"), ("Warning", "warn"), ("CRITICAL", "error"), ("", "info"), ("trace", "trace")]
)
def test_levels_may_be_spelled_as_python_does(given: str, level: str) -> None:
    assert read_configuration(Options(), {**LEAST, "LOG_LEVEL": given}).log_level == level


def test_tells_everything_that_is_wrong_at_once() -> None:
    environment = {"REDIS_URL": "http://u:s3cret@h", "LISTEN_ADDR": "11984", "LOG_LEVEL": "loud"}
    with pytest.raises(MuleConfigurationError) as raised:
        read_configuration(Options(heartbeat=-1), environment)
    text = str(raised.value)
    for part in ("REDIS_URL has the scheme", "PEER_NAME is not set", 'LISTEN_ADDR is "11984"', 'LOG_LEVEL is "loud"'):
        assert part in text
    assert "heartbeat is -1" in text
    assert "s3cret" not in text


def test_is_a_value_error_as_in_the_former_library() -> None:
    with pytest.raises(ValueError, match="REDIS_URL is not set") as raised:
        read_configuration(Options(), {})
    assert isinstance(raised.value, MuleError)
