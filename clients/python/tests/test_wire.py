from typing import Any

from the_mule import wire


def test_is_what_the_protocol_says(protocol: Any) -> None:
    keys = {key["name"] for key in protocol["keys"]}
    ours = (wire.command_key, wire.status_key, wire.log_key, wire.status_stream_key, wire.heartbeat_key)
    assert {key("{peer}") for key in ours} == keys
    assert list(wire.LOG_LEVELS) == protocol["logLevels"]
    assert protocol["statusStream"] == {
        "fields": ["status", "at", "report"],
        "maxLength": wire.STATUS_STREAM_LENGTH,
    }
    assert protocol["restart"] == {"exitCode": wire.RESTART_EXIT_CODE, "delayFile": wire.DELAY_FILE}
    assert protocol["heartbeat"]["intervalMs"] == wire.HEARTBEAT * 1000
    assert protocol["timing"] == {
        "statusGapMs": wire.STATUS_GAP * 1000,
        "backoffFirstMs": wire.BACKOFF_FIRST * 1000,
        "backoffLongestMs": wire.BACKOFF_LONGEST * 1000,
        "connectTimeoutMs": wire.CONNECT_TIMEOUT * 1000,
        "closeTimeoutMs": wire.CLOSE_TIMEOUT * 1000,
        "answerWithinMs": wire.ANSWER_WITHIN * 1000,
        "logBufferLines": wire.LOG_BUFFER_LINES,
        "logBufferCharacters": wire.LOG_BUFFER_CHARACTERS,
        "logBatchLines": wire.LOG_BATCH_LINES,
    }


def test_any_text_can_be_sent() -> None:
    assert wire.encode("Grüße \U0001f30d") == "Grüße \U0001f30d".encode()
    assert wire.encode("lone \ud800 surrogate") == rb"lone \ud800 surrogate"
