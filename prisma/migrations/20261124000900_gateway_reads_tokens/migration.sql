-- The gateway serves the trail's entries to who may read the trail with an access token.
GRANT EXECUTE ON FUNCTION member_by_token(text) TO countersign_gateway;
