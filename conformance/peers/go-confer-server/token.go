package main

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"strings"
	"time"

	confer "../go-confer"
)

// What an admitted token leaves behind: who has paid is never asked again, everybody else until the token expires.
type admission struct {
	subscribed bool
	expires    int64
	limited    bool // the token has an expiry
}

// over says that this admission no longer pays for a request.
func (a *admission) over(now time.Time) bool {
	return !a.subscribed && a.limited && now.Unix() > a.expires
}

var errToken = errors.New("the token is not valid")

func part(encoded string) (map[string]json.RawMessage, error) {
	text, err := base64.RawURLEncoding.Strict().DecodeString(encoded)
	if err != nil {
		return nil, errToken
	}
	return confer.Object(text)
}

// instant reads a time claim in whole seconds, if there is one.
func instant(claims map[string]json.RawMessage, name string) (value int64, present bool, err error) {
	raw, present := claims[name]
	if !present {
		return 0, false, nil
	}
	var number json.Number
	if raw[0] == '"' || json.Unmarshal(raw, &number) != nil {
		return 0, true, errToken
	}
	if value, err = number.Int64(); err != nil {
		return 0, true, errToken
	}
	return value, true, nil
}

// admit checks a JWT: HS256 under the pack's key, issued by kerf, within its times, no leeway.
func admit(token string, key []byte, now time.Time) (*admission, error) {
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		return nil, errToken
	}
	signature, err := base64.RawURLEncoding.Strict().DecodeString(parts[2])
	if err != nil {
		return nil, errToken
	}
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte(parts[0] + "." + parts[1]))
	if !hmac.Equal(mac.Sum(nil), signature) {
		return nil, errToken
	}
	header, err := part(parts[0])
	if err != nil {
		return nil, err
	}
	if algorithm, err := confer.Text(header, "alg"); err != nil || algorithm != "HS256" {
		return nil, errToken
	}
	claims, err := part(parts[1])
	if err != nil {
		return nil, err
	}
	return judgeClaims(claims, now.Unix())
}

func judgeClaims(claims map[string]json.RawMessage, now int64) (*admission, error) {
	if issuer, err := confer.Text(claims, "iss"); err != nil || issuer != "kerf" {
		return nil, errToken
	}
	expires, limited, err := instant(claims, "exp")
	if err != nil || limited && expires <= now {
		return nil, errToken
	}
	for _, name := range []string{"nbf", "iat"} {
		if begins, _, err := instant(claims, name); err != nil || begins > now {
			return nil, errToken
		}
	}
	return &admission{string(claims["subscribed"]) == "true", expires, limited}, nil
}
