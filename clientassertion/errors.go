package clientassertion

import "errors"

var (
	// ErrMalformed means that an assertion isn't a compact JWS with a JSON object of the right types in it, is longer
	// than 16 KiB, or asks for a JWS extension (crit).
	ErrMalformed = errors.New("clientassertion: malformed")
	// ErrAlgorithm means that alg isn't allowed, or isn't the one that the client registered (CA-09, F2-CR-02).
	ErrAlgorithm = errors.New("clientassertion: algorithm not allowed")
	// ErrUnsigned means that alg is none or that there is no signature (CA-07, F2-CR-03). It comes with ErrAlgorithm.
	ErrUnsigned = errors.New("clientassertion: not signed")
	// ErrType means that typ names another kind of token (RFC 8725 3.11).
	ErrType = errors.New("clientassertion: typ not allowed")
	// ErrIssuer means that iss isn't the client (CA-02).
	ErrIssuer = errors.New("clientassertion: iss is not the client")
	// ErrSubject means that sub isn't the client (CA-02).
	ErrSubject = errors.New("clientassertion: sub is not the client")
	// ErrAudience means that aud isn't this server, or not in the form required (CA-03, F2-AS-08).
	ErrAudience = errors.New("clientassertion: wrong aud")
	// ErrExpired means that exp has passed (CA-04).
	ErrExpired = errors.New("clientassertion: expired")
	// ErrExpiryMissing means that there is no exp (CA-04).
	ErrExpiryMissing = errors.New("clientassertion: exp missing")
	// ErrLifetime means that exp lies too far ahead (CA-04).
	ErrLifetime = errors.New("clientassertion: exp too far ahead")
	// ErrNotYet means that nbf or iat lies too far ahead (CA-05, F2-AS-13).
	ErrNotYet = errors.New("clientassertion: nbf or iat in the future")
	// ErrIDMissing means that there is no jti (CA-06).
	ErrIDMissing = errors.New("clientassertion: jti missing")
	// ErrReplayed means that the jti was used before (CA-06).
	ErrReplayed = errors.New("clientassertion: jti used before")
	// ErrSignature means that no fitting key of the client made the signature (CA-07).
	ErrSignature = errors.New("clientassertion: wrong signature")
	// ErrKey means that the client has no key that fits alg and kid (CA-07, F2-CR-09).
	ErrKey = errors.New("clientassertion: no fitting key")
	// ErrWeak means that the only keys of the client that would fit are too short (F2-CR-04). It comes with ErrKey.
	ErrWeak = errors.New("clientassertion: key too short")
	// ErrKeysUnavailable means that the client's keys couldn't be had.
	ErrKeysUnavailable = errors.New("clientassertion: keys unavailable")
	// ErrReplayStore means that the replay store failed. The assertion is refused: it may have been used before.
	ErrReplayStore = errors.New("clientassertion: replay store failed")
	// ErrConfig means that a Verifier is misconfigured.
	ErrConfig = errors.New("clientassertion: misconfigured")
)
