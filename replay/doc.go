// Package replay remembers what has been used: assertion and proof identifiers, authorization codes,
// pushed requests, everything that is good for one use.
//
// [Memory] keeps it in the process. It is bounded, forgets what has expired, and costs the same
// whether it holds ten entries or a million:
//
//	m := replay.NewMemory(0)
//	first, err := m.UseOnce(ctx, "jti:https://as.example.com:client", jti, expires)
//	if err != nil || !first {
//		// refuse
//	}
//
// The consumers declare the interface that they need; [Memory] satisfies all of them. Several
// processes that serve the same clients need a shared store with the same two methods: UseOnce must be
// one atomic step there (an insert under a unique key, SET NX), never a read and then a write.
//
// # What it does not do
//
// It doesn't survive a restart: what was used just before may be used once more just after, as long
// as it hasn't expired. It doesn't judge whether an identifier is long enough or an expiry
// reasonable; the consumers bound both.
//
// # Clauses
//
//	RFC 7519 4.1.7    jti prevents replay                   [Memory.UseOnce]
//	RFC 9449 11.1     a proof's jti, hashed and bounded     [Memory.UseOnce]     DPOP-15
//	RFC 9126 4        a request_uri is used once            [Memory.UseOnce]     PAR-23
package replay
