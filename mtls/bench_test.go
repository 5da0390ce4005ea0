package mtls_test

import (
	"crypto/x509"
	"testing"

	"github.com/fosite-fapi/fosite-fapi/mtls"
)

// openBanking is the subject of a Brazilian transport certificate as registered there, and its
// encoding.
const openBanking = "UID=67c57882-043b-11ec-9a03-0242ac130003,1.3.6.1.4.1.311.60.2.1.3=#13024252,2.5.4.15=#0c14507269766174" +
	"65204f7267616e697a6174696f6e,2.5.4.5=#130e3433313432363636303030313937,CN=mycn.bank.gov.br,2.5.4.97=#0c134f464242522d" +
	"34333134323636363030303139,L=São Paulo,ST=SP,O=My Public Bank,C=BR"

func openBankingSubject(tb testing.TB) []byte {
	return name(tb,
		[]attribute{{country, 19, []byte("BR")}},
		utf8(organization, "My Public Bank"),
		utf8([]int{2, 5, 4, 8}, "SP"),
		utf8([]int{2, 5, 4, 7}, "São Paulo"),
		utf8(organizationID, "OFBBR-4314266600019"),
		utf8(commonName, "mycn.bank.gov.br"),
		[]attribute{{serialNumber, 19, []byte("43142666000197")}},
		utf8(businessCategory, "Private Organization"),
		[]attribute{{incorporated, 19, []byte("BR")}},
		utf8(userID, "67c57882-043b-11ec-9a03-0242ac130003"),
	)
}

func BenchmarkSubject(b *testing.B) {
	root := newAuthority(b, "root", nil)
	leaf := root.client(b, func(c *x509.Certificate) { c.RawSubject = openBankingSubject(b) })
	short := root.client(b, func(c *x509.Certificate) { c.DNSNames = []string{"a.example", "client.example"} })
	for _, bench := range []struct {
		name    string
		leaf    *x509.Certificate
		subject mtls.Subject
	}{
		{"DN of 1", short, mtls.Subject{DN: "CN=client"}},
		{"DN of 10", leaf, mtls.Subject{DN: openBanking}},
		{"SAN DNS", short, mtls.Subject{SANDNS: "client.example"}},
	} {
		b.Run("Validate "+bench.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if err := bench.subject.Validate(); err != nil {
					b.Fatal(err)
				}
			}
		})
		b.Run("Matches "+bench.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if err := bench.subject.Matches(bench.leaf); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkVerify(b *testing.B) {
	root := newAuthority(b, "root", nil)
	issuing := newAuthority(b, "issuing", root)
	chain := []*x509.Certificate{issuing.client(b), issuing.certificate}
	subject := mtls.Subject{DN: "CN=client"}
	b.Run("floor: two signatures", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if err := chain[0].CheckSignatureFrom(chain[1]); err != nil {
				b.Fatal(err)
			}
			if err := chain[1].CheckSignatureFrom(root.certificate); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("uncached", func(b *testing.B) {
		v := &mtls.Verifier{Roots: root.pool(), Now: clock, CacheSize: -1}
		b.ReportAllocs()
		for b.Loop() {
			if err := v.Verify(b.Context(), chain, subject); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("cached", func(b *testing.B) {
		v := &mtls.Verifier{Roots: root.pool(), Now: clock}
		b.ReportAllocs()
		for b.Loop() {
			if err := v.Verify(b.Context(), chain, subject); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("cached, parallel", func(b *testing.B) {
		v := &mtls.Verifier{Roots: root.pool(), Now: clock}
		b.ReportAllocs()
		b.RunParallel(func(p *testing.PB) {
			for p.Next() {
				if err := v.Verify(b.Context(), chain, subject); err != nil {
					b.Fatal(err)
				}
			}
		})
	})
}

func BenchmarkCRL(b *testing.B) {
	h := newHierarchy(b)
	crl := &mtls.CRL{Files: []string{write(b, bundle(h.root.list(b), h.issuing.list(b, listing(serials(50_000)...))))}, Now: clock}
	if err := crl.Load(b.Context()); err != nil {
		b.Fatal(err)
	}
	b.Run("two certificates, 50,000 listed", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if err := crl.Revoked(b.Context(), h.chain); err != nil {
				b.Fatal(err)
			}
		}
	})
}
