package keys

import "errors"

var (
	// ErrNone means that New or NewDecryption was given no key, or that a document has none.
	ErrNone = errors.New("keys: no key given")
	// ErrSigner means that a key has no signer, one of a type that can't be used, or one whose halves don't match.
	ErrSigner = errors.New("keys: unusable signer")
	// ErrDecrypter means that a decryption key is missing, of a type that can't be used, or one whose halves don't match.
	ErrDecrypter = errors.New("keys: unusable decryption key")
	// ErrAlgorithm means that an algorithm is unknown, symmetric or "none", or doesn't go with the key's type or curve.
	ErrAlgorithm = errors.New("keys: algorithm unknown or not for this key")
	// ErrWeak means that an RSA key is shorter than 2048 bits.
	ErrWeak = errors.New("keys: key too short")
	// ErrID means that a key ID can't be written.
	ErrID = errors.New("keys: unusable key ID")
	// ErrDuplicate means that two keys have the same ID.
	ErrDuplicate = errors.New("keys: duplicate key ID")
	// ErrJWKS means that a document isn't a JSON Web Key Set of asymmetric keys.
	ErrJWKS = errors.New("keys: malformed JSON Web Key Set")
	// ErrPrivate means that a private key can't be exported, since it is in a signer that doesn't show it.
	ErrPrivate = errors.New("keys: private key not exportable")
	// ErrNoKey means that no key of the set signs with the algorithm asked for, or has made the signature to be verified.
	ErrNoKey = errors.New("keys: no such key")
	// ErrType means that a typ can't be written, or isn't the one expected.
	ErrType = errors.New("keys: wrong typ")
	// ErrSigning means that the signer failed or returned something that is no signature.
	ErrSigning = errors.New("keys: signing failed")
	// ErrMalformed means that a token isn't a JWS in compact serialisation.
	ErrMalformed = errors.New("keys: malformed JWS")
	// ErrSignature means that the signature of a token doesn't verify.
	ErrSignature = errors.New("keys: wrong signature")
)
