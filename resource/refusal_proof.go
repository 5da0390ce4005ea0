package resource

import (
	"errors"
	"net/http"

	"github.com/fosite-fapi/fosite-fapi/dpop"
)

func invalidProof(id, description string) verdict {
	return verdict{http.StatusUnauthorized, "invalid_dpop_proof", id, description}
}

const nonceDescription = "Send a proof with the nonce of the DPoP-Nonce header."

// proofVerdicts are those of a refused proof. The key of another sender is not the proof's fault (DPOP-41).
var proofVerdicts = []struct {
	cause error
	verdict
}{
	{dpop.ErrNonceRequired, verdict{http.StatusUnauthorized, "use_dpop_nonce", "DPOP-54", nonceDescription}},
	{dpop.ErrNonce, verdict{http.StatusUnauthorized, "use_dpop_nonce", "DPOP-54", nonceDescription}},
	{dpop.ErrThumbprint, invalidToken("DPOP-13", "The access token is bound to another key.")},
	{dpop.ErrMissing, invalidProof("DPOP-40", "Send a proof in the DPoP header.")},
	{dpop.ErrMultiple, invalidProof("DPOP-01", "Send one proof.")},
	{dpop.ErrMalformed, invalidProof("DPOP-02", "The proof is malformed.")},
	{dpop.ErrType, invalidProof("DPOP-03", "The proof has another typ than dpop+jwt.")},
	{dpop.ErrAlgorithm, invalidProof("DPOP-04", "The algorithm of the proof is not accepted.")},
	{dpop.ErrKey, invalidProof("DPOP-05", "The jwk of the proof is not accepted.")},
	{dpop.ErrSignature, invalidProof("DPOP-06", "The signature of the proof is wrong.")},
	{dpop.ErrIDMissing, invalidProof("DPOP-07", "The proof has no jti, or a long one.")},
	{dpop.ErrIssuedAtMissing, invalidProof("DPOP-07", "The proof has no iat.")},
	{dpop.ErrMethod, invalidProof("DPOP-08", "The htm of the proof is not the method of the request.")},
	{dpop.ErrURL, invalidProof("DPOP-09", "The htu of the proof is not the URL of the request.")},
	{dpop.ErrExpired, invalidProof("DPOP-12", "The iat of the proof lies too far back, or its exp has passed.")},
	{dpop.ErrNotYet, invalidProof("DPOP-12", "The iat or nbf of the proof lies too far ahead.")},
	{dpop.ErrAccessTokenHash, invalidProof("DPOP-13", "The ath of the proof is not the hash of the access token.")},
	{dpop.ErrReplayed, invalidProof("DPOP-15", "The proof was used before.")},
}

func verdictOfProof(cause error) verdict {
	for _, row := range proofVerdicts {
		if errors.Is(cause, row.cause) {
			return row.verdict
		}
	}
	return invalidProof("F2-RS-05", "The proof is not valid.")
}
