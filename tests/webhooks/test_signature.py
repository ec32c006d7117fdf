"""The signature, held against the vector that the libraries of Standard Webhooks test themselves with."""

from datetime import UTC, datetime, timedelta

import pytest

from loyalty.webhooks.signature import headers, new_secret, sign

# Standard Webhooks reference libraries and svix-webhooks, go/webhook_test.go, TestWebhookSign
SECRET, ID = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "msg_p5jXN8AQM9LWM0D4loKWxJek"
AT, BODY = datetime.fromtimestamp(1614265330, UTC), b'{"test": 2432232314}'
SIGNATURE = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_a_message_is_signed_as_its_receivers_libraries_check_it():
    assert sign(SECRET, ID, AT, BODY) == SIGNATURE
    assert sign(SECRET, ID, AT + timedelta(seconds=1), BODY) != SIGNATURE


def test_while_a_secret_takes_the_place_of_another_both_sign():
    other = new_secret()
    said = headers([other, SECRET], ID, AT, BODY)
    assert said["webhook-signature"].split(" ") == [sign(other, ID, AT, BODY), SIGNATURE]
    assert (said["webhook-id"], said["webhook-timestamp"]) == (ID, "1614265330")


def test_what_is_no_secret_signs_nothing():
    with pytest.raises(ValueError, match="whsec_"):
        sign("whsec_*", ID, AT, BODY)
