package dpop

import ("testing";"context";"crypto/ecdsa";"crypto/elliptic";"crypto/rand";"crypto/sha256";"time"; "strings"
"github.com/fosite-fapi/fosite-fapi/internal/jwk"
jose "github.com/go-jose/go-jose/v4")
type un struct{}
func (un) UseOnce(context.Context, string, string, time.Time) (bool, error) { return true, nil }
func BenchmarkTmp(b *testing.B){
 k,_:=ecdsa.GenerateKey(elliptic.P256(),rand.Reader)
 p,err:=(&Signer{Key:k}).Proof(ProofOptions{Method:"POST",URL:"https://as.example.com/token"})
 if err!=nil {b.Fatal(err)}
 v:=&Verifier{Replay:un{}}
 r:=Request{Method:"POST",URLs:[]string{"https://as.example.com/token"}}
 d:=sha256.Sum256([]byte(p)); sig,_:=ecdsa.SignASN1(rand.Reader,k,d[:])
 b.Run("floor",func(b *testing.B){for b.Loop(){d:=sha256.Sum256([]byte(p)); ecdsa.VerifyASN1(&k.PublicKey,d[:],sig)}})
 b.Run("verify",func(b *testing.B){b.ReportAllocs();for b.Loop(){if _,err:=v.Verify(context.Background(),p,r);err!=nil{b.Fatal(err)}}})
 b.Run("parse",func(b *testing.B){b.ReportAllocs();for b.Loop(){v.parse(p)}})
 algs:=[]jose.SignatureAlgorithm{"ES256"}
 b.Run("jwkparse",func(b *testing.B){b.ReportAllocs();for b.Loop(){jwk.Parse(p,algs)}})
 j,_:=jwk.Parse(p,algs)
 b.Run("jwkverify",func(b *testing.B){b.ReportAllocs();for b.Loop(){j.Verify(&k.PublicKey)}})
 x,_,_:=strings.Cut(p,"."); dd,_:=jwk.Decode(x); _ = dd
 kk,_:=(&jose.JSONWebKey{Key:&k.PublicKey}).MarshalJSON()
 b.Run("key",func(b *testing.B){b.ReportAllocs();for b.Loop(){parseKey(kk,"ES256")}})
 b.Run("keyonly",func(b *testing.B){b.ReportAllocs();for b.Loop(){new(jose.JSONWebKey).UnmarshalJSON(kk)}})
}
