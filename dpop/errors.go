package dpop

import "errors"

var (
	// ErrMissing means that there is no proof (DPOP-40).
	ErrMissing = errors.New("dpop: no proof")
	// ErrMultiple means that there is more than one proof (DPOP-01).
	ErrMultiple = errors.New("dpop: more than one proof")
	// ErrMalformed means that a proof isn't a compact JWS with a JSON object of the right types in it, is longer than
	// 8 KiB, or asks for a JWS extension (DPOP-02).
	ErrMalformed = errors.New("dpop: malformed")
	// ErrType means that typ isn't "dpop+jwt" (DPOP-03).
	ErrType = errors.New("dpop: typ not allowed")
	// ErrAlgorithm means that alg isn't allowed (DPOP-04).
	ErrAlgorithm = errors.New("dpop: algorithm not allowed")
	// ErrKey means that jwk is absent, is no public key, doesn't fit alg, or is too weak (DPOP-05, F2-CR-04).
	ErrKey = errors.New("dpop: key not allowed")
	// ErrSignature means that the key in the proof didn't make the signature (DPOP-06).
	ErrSignature = errors.New("dpop: wrong signature")
	// ErrIDMissing means that jti is absent, or longer than 256 bytes (DPOP-07, DPOP-15).
	ErrIDMissing = errors.New("dpop: jti missing or too long")
	// ErrMethod means that htm isn't the request's method (DPOP-08).
	ErrMethod = errors.New("dpop: wrong htm")
	// ErrURL means that htu isn't a URL of the request's endpoint (DPOP-09).
	ErrURL = errors.New("dpop: wrong htu")
	// ErrIssuedAtMissing means that there is no iat (DPOP-07).
	ErrIssuedAtMissing = errors.New("dpop: iat missing")
	// ErrExpired means that iat lies too far back, or that exp has passed (DPOP-12).
	ErrExpired = errors.New("dpop: too old")
	// ErrNotYet means that iat or nbf lies too far ahead (DPOP-12, F2-AS-13).
	ErrNotYet = errors.New("dpop: too far ahead")
	// ErrAccessTokenHash means that ath isn't the hash of the access token (DPOP-13).
	ErrAccessTokenHash = errors.New("dpop: wrong ath")
	// ErrThumbprint means that the proof is made with another key than the one required (DPOP-13, DPOP-60).
	ErrThumbprint = errors.New("dpop: not the bound key")
	// ErrNonceRequired means that there is no nonce. Answer use_dpop_nonce with a nonce (DPOP-50, DPOP-55).
	ErrNonceRequired = errors.New("dpop: nonce required")
	// ErrNonce means that the nonce isn't one of this server, or too old. Answer use_dpop_nonce with a nonce (DPOP-51).
	ErrNonce = errors.New("dpop: nonce not valid")
	// ErrReplayed means that the proof was used before (DPOP-15).
	ErrReplayed = errors.New("dpop: proof used before")
	// ErrReplayStore means that the replay store failed. The proof is refused: it may have been used before.
	ErrReplayStore = errors.New("dpop: replay store failed")
	// ErrSigning means that a Signer's key failed to sign.
	ErrSigning = errors.New("dpop: signing failed")
	// ErrConfig means that a Verifier, Nonces or Signer is misconfigured.
	ErrConfig = errors.New("dpop: misconfigured")
)
