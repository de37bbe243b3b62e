# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# LinkedIn's OAuth, from outside; sourced by selftest.sh.
# shellcheck disable=SC2154 # status, base, dir are its own

li_uri=http://127.0.0.1:8765/callback
li_secret='WPL_AP1.emu/secret+=.x=='
li_auth() { # extra query
	call -G "$base/oauth/v2/authorization" -d response_type=code \
		--data-urlencode "redirect_uri=$li_uri" -d client_id=emu-linkedin-app \
		--data-urlencode "scope=${li_scope:-openid profile email}" -d state=S1 "$@"
}
li_code() {
	li_auth
	sed -n 's/^Location: .*[?&]code=\([^&]*\).*/\1/p' "$dir/head" | tr -d '\r'
}
li_post() { # path, fields...
	call "$base/oauth/v2/$1" -d client_id="${li_id:-emu-linkedin-app}" \
		--data-urlencode "client_secret=$li_secret" "${@:2}"
}
li_redeem() { # code, fields...
	li_post accessToken -d grant_type=authorization_code -d "code=$1" \
		--data-urlencode "redirect_uri=$li_uri" "${@:2}"
}
li_get() { call -H "Authorization: Bearer $token" "$base$1" "${@:2}"; }
head_has() { grep -qaF -- "$1" "$dir/head"; }

test_linkedin() {
	local code
	li_auth
	check 'linkedin: a code comes back' head_has "Location: $li_uri?state=S1&code="
	li_uri=http://127.0.0.1:9/other li_auth
	check 'linkedin: another redirect is shown to the person' status_is 401
	li_scope='openid w_everything' li_auth
	check 'linkedin: a scope that the app lacks' head_has 'error=unauthorized_scope_error'
	li_auth -d code_challenge=x
	control stats/reset '{}'
	code=$(li_code)
	li_redeem "$code" -d code_verifier=v
	check 'linkedin: a verifier makes it fail' body_has invalid_client
	check 'linkedin: and is counted' body_has 'Client authentication failed'
	li_uri=http://127.0.0.1:9/other li_redeem "$code"
	check 'linkedin: another redirect' body_has invalid_redirect_uri
	li_redeem "$code"
	token=$(field access_token)
	check 'linkedin: a token' status_is 200
	check 'linkedin: scopes are parted by commas' body_has 'openid,profile,email'
	check 'linkedin: no refresh token' body_lacks refresh_token
	li_redeem "$code"
	check 'linkedin: a code is good once' status_is 401
	check 'linkedin: and then unknown' body_has 'authorization code not found'
	li_get /v2/userinfo
	check 'linkedin: who it is' body_has '"email":"ana@example.com"'
	li_get /rest/memberAuthorizations -G -d q=memberAndApplication -H 'LinkedIn-Version: 202312'
	check 'linkedin: no portability scope' status_is 403
	call -H "Authorization: Bearer $token" "$base/v1/userinfo"
	check 'linkedin: Google does not know its tokens' status_is 401
	li_post introspectToken -d "token=$token"
	check 'linkedin: introspection' body_has '"active":true'
	li_id=other li_post introspectToken -d "token=$token"
	check 'linkedin: introspection by another client' status_is 400
	li_secret=wrong li_post introspectToken -d "token=$token"
	check 'linkedin: introspection with a wrong secret' status_is 401
	li_post introspectToken -d token=AQXnobody
	check 'linkedin: a token of another app' body_has '"active":false'
	li_post revoke -d "token=$token"
	check 'linkedin: revoked' status_is 200
	li_get /v2/userinfo
	check 'linkedin: and dead' body_has REVOKED_ACCESS_TOKEN
	control token '{"account":"ana@example.com","provider":"linkedin"}'
	token=$(field access_token)
	li_get /v2/userinfo
	check 'linkedin: a token of the portal may not ask userinfo' status_is 403
	li_get /rest/memberAuthorizations -G -d q=memberAndApplication
	check 'linkedin: a version is wanted' status_is 426
	li_get /rest/memberAuthorizations -G -d q=memberAndApplication -H 'LinkedIn-Version: 202312'
	check 'linkedin: the member' body_has 'urn:li:person:'
	control options '{"auth_error":"server_error","auth_description":"a b","auth_issuer":"https://x"}'
	li_auth
	check 'linkedin: an error by option' head_has 'iss=https%3A%2F%2Fx&error=server_error&error_description=a%20b'
	control options '{"auth_error":null,"auth_description":null,"auth_issuer":null}'
	token=''
}
