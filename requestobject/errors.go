package requestobject

import "errors"

// Why a request object is not accepted.
var (
	// ErrMalformed means that a request object isn't a compact JWS with a JSON object in it whose registered claims have
	// the types of RFC 7519 4.1, that it is too long, nests too deep or has too many claims, or that it asks for a JWS
	// extension (JAR-14).
	ErrMalformed = errors.New("requestobject: malformed")
	// ErrAlgorithm means that alg isn't one that the server accepts (JAR-14, F1A-ALG-01).
	ErrAlgorithm = errors.New("requestobject: algorithm not allowed")
	// ErrUnsigned means that alg is none or that there is no signature (JAR-18, F1A-ALG-03). It comes with ErrAlgorithm.
	ErrUnsigned = errors.New("requestobject: not signed")
	// ErrRegisteredAlgorithm means that alg isn't the one that the client registered (JAR-30).
	ErrRegisteredAlgorithm = errors.New("requestobject: not the registered algorithm")
	// ErrType means that typ names another kind of token, or none where it is required (JAR-23, JAR-24).
	ErrType = errors.New("requestobject: typ not allowed")
	// ErrClientID means that client_id isn't there or isn't the client (JAR-15).
	ErrClientID = errors.New("requestobject: client_id is not the client")
	// ErrIssuer means that iss isn't the client, or isn't there although required (JAR-04).
	ErrIssuer = errors.New("requestobject: iss is not the client")
	// ErrSubject means that sub is the client, which would make the object an assertion of it (JAR-23).
	ErrSubject = errors.New("requestobject: sub is the client")
	// ErrNested means that there is a request or request_uri inside (JAR-02).
	ErrNested = errors.New("requestobject: request or request_uri inside")
	// ErrAudience means that aud doesn't name this server (F1A-AS-15, F2-MS-02).
	ErrAudience = errors.New("requestobject: wrong aud")
	// ErrExpiryMissing means that there is no exp (F1A-AS-13, F2-MS-04).
	ErrExpiryMissing = errors.New("requestobject: exp missing")
	// ErrExpired means that exp has passed (F1A-AS-13, F2-MS-04).
	ErrExpired = errors.New("requestobject: expired")
	// ErrLifetime means that exp lies too long after nbf (F1A-AS-13, F2-MS-04).
	ErrLifetime = errors.New("requestobject: exp too long after nbf")
	// ErrNotBeforeMissing means that there is no nbf (F1A-AS-17, F2-MS-03).
	ErrNotBeforeMissing = errors.New("requestobject: nbf missing")
	// ErrTooOld means that nbf lies too far in the past (F1A-AS-17, F2-MS-03).
	ErrTooOld = errors.New("requestobject: nbf too long ago")
	// ErrNotYet means that nbf lies too far ahead (F1A-AS-17, F2-MS-03).
	ErrNotYet = errors.New("requestobject: nbf in the future")
	// ErrIssuedAhead means that iat lies too far ahead (RFC 7519 4.1.6).
	ErrIssuedAhead = errors.New("requestobject: iat in the future")
	// ErrParameter means that a claim can't be the value of its parameter: a redirect_uri that is no string, a max_age
	// that is no integer (JAR-03).
	ErrParameter = errors.New("requestobject: claim is no value of its parameter")
	// ErrSignature means that no fitting key of the client made the signature (JAR-14).
	ErrSignature = errors.New("requestobject: wrong signature")
	// ErrKey means that the client has no key that fits alg and kid (JAR-14).
	ErrKey = errors.New("requestobject: no fitting key")
	// ErrWeak means that the only keys of the client that would fit are too short. It comes with ErrKey.
	ErrWeak = errors.New("requestobject: key too short")
	// ErrKeysUnavailable means that the client's keys couldn't be had.
	ErrKeysUnavailable = errors.New("requestobject: keys unavailable")
	// ErrIDMissing means that there is no jti, where objects are single-use.
	ErrIDMissing = errors.New("requestobject: jti missing")
	// ErrReplayed means that the jti was used before, where objects are single-use.
	ErrReplayed = errors.New("requestobject: jti used before")
	// ErrReplayStore means that the replay store failed. The object is refused: it may have been used before.
	ErrReplayStore = errors.New("requestobject: replay store failed")
	// ErrConfig means that a Verifier is misconfigured.
	ErrConfig = errors.New("requestobject: misconfigured")
)

// Why an encrypted request object, or one that isn't, is not accepted.
var (
	// ErrEncryptionRequired means that the client registered an encryption, and the object isn't encrypted (JAR-31).
	ErrEncryptionRequired = errors.New("requestobject: not encrypted")
	// ErrEncryptionAlgorithm means that alg or enc isn't one that the server accepts (F1A-ALG-04).
	ErrEncryptionAlgorithm = errors.New("requestobject: encryption not allowed")
	// ErrRegisteredEncryption means that alg or enc isn't the one that the client registered (JAR-31).
	ErrRegisteredEncryption = errors.New("requestobject: not the registered encryption")
	// ErrContentType means that cty is there and is not "JWT": what is encrypted is a signed JWT, and cty has no other value
	// for that, oauth-authz-req+jwt included, which is a typ (RFC 7519 5.2, RFC 9101 10.8.1). It comes with ErrMalformed.
	ErrContentType = errors.New("requestobject: cty is not JWT")
	// ErrDecryption means that no key of the server opens the object (JAR-13).
	ErrDecryption = errors.New("requestobject: can't be decrypted")
	// ErrDecryptionKeys means that the server's own keys couldn't be had.
	ErrDecryptionKeys = errors.New("requestobject: decryption keys unavailable")
)

// Why a request_uri isn't accepted. Each of the others comes with ErrRequestURI.
var (
	// ErrRequestURI means that nothing was had from a request_uri. Alone, it means that it isn't an https URL of at most
	// 512 ASCII characters (JAR-10, JAR-11).
	ErrRequestURI = errors.New("requestobject: request_uri not accepted")
	// ErrUnregistered means that the client didn't register it (JAR-21).
	ErrUnregistered = errors.New("requestobject: not registered")
	// ErrFetch means that there was no answer, or none that may be used: too large, too late, a redirect, from inside the
	// house, from a server without a valid certificate (JAR-17, JAR-21).
	ErrFetch = errors.New("requestobject: not fetched")
	// ErrMediaType means that the answer isn't of the type of request objects (JAR-21, JAR-24).
	ErrMediaType = errors.New("requestobject: not the media type of a request object")
	// ErrHash means that the fragment isn't the SHA-256 hash of the answer (OpenID Connect Core 6.2).
	ErrHash = errors.New("requestobject: not what the fragment is the hash of")
)
