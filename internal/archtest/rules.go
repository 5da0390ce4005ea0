package archtest

import "slices"

// Module is the path of the repository's main module.
const Module = "github.com/fosite-fapi/fosite-fapi"

// MaxLines is how long a Go file may be, tests excepted.
const MaxLines = 450

// A family is a group of third-party packages, named by the prefix of their
// import paths.
type family string

const (
	fosite  family = "github.com/ory/fosite"
	josev3  family = "github.com/go-jose/go-jose/v3"
	josev4  family = "github.com/go-jose/go-jose/v4"
	otel    family = "go.opentelemetry.io/otel"
	sync    family = "golang.org/x/sync"
	testify family = "github.com/stretchr/testify"
	xnet    family = "golang.org/x/net"
)

// A permit is what the non-test files of a package may import besides the
// standard library.
type permit struct {
	first []string // packages of this module, relative to it
	third []family
	edge  []family // only in fosite.go and fosite_*.go
}

// leaves are the packages that know one specification each, and neither one
// another nor fapi.
var leaves = map[string]permit{
	"clientassertion": {first: []string{"internal/faults", "internal/jwk"}, third: []family{josev4}},
	"clientcert":      {},
	"cnf":             {},
	"dpop":            {first: []string{"internal/faults", "internal/jwk"}, third: []family{josev4}},
	"introspection":   {first: []string{"internal/jwe", "internal/jwk", "internal/members"}, third: []family{josev4}},
	"jarm":            {first: []string{"internal/faults", "internal/jwe", "internal/jwk"}, third: []family{josev4}, edge: []family{fosite}},
	"keys":            {first: []string{"internal/jwe", "internal/jwk"}, third: []family{josev4}},
	"metadata":        {first: []string{"internal/members"}},
	"mtls":            {first: []string{"internal/ascii", "internal/fetch"}, third: []family{josev4, sync}},
	"par":             {first: []string{"internal/form"}, third: []family{fosite}},
	"pkce":            {edge: []family{fosite}},
	"rar":             {},
	"registration":    {first: []string{"internal/ascii", "internal/fositejose", "internal/jwk"}, third: []family{fosite, josev3, josev4}},
	"replay":          {},
	"requestobject":   {first: []string{"internal/faults", "internal/fetch", "internal/jwe", "internal/jwk"}, third: []family{josev4, sync}},
	"resource": {
		first: []string{"clientcert", "cnf", "dpop", "internal/faults", "internal/fetch", "internal/jwe", "internal/jwk", "internal/uuid", "keys", "metadata", "rar"},
		third: []family{josev4, sync},
	},
}

// others are the packages that are no leaves.
var others = map[string]permit{
	".":    {}, // tests of the README
	"docs": {}, // tests of the pages
	"fapi": {first: append(names(leaves), "internal/faults", "internal/fetch", "internal/form", "internal/fositejose", "internal/jwe", "internal/jwk", "internal/uuid"), third: []family{fosite, josev3, josev4, otel, sync}},
	"fapitest": {
		first: append(names(leaves), "fapi", "internal/fositejose", "internal/must"),
		third: []family{fosite, josev3, josev4, testify},
	},
	"internal/archtest":        {},
	"internal/ascii":           {},
	"internal/clauses":         {},
	"internal/clauses/disable": {first: []string{"internal/clauses"}},
	"internal/clauses/index":   {first: []string{"internal/clauses"}},
	"internal/faults":          {},
	"internal/fetch":           {third: []family{josev4, sync}},
	"internal/form":            {},
	"internal/fositejose":      {third: []family{josev3, josev4}},
	"internal/jwe":             {first: []string{"internal/jwk"}, third: []family{josev4}},
	"internal/jwk":             {first: []string{"internal/ascii", "internal/faults"}, third: []family{josev4}},
	"internal/leaftest":        {first: []string{"internal/must"}, third: []family{josev4, testify}},
	"internal/members":         {},
	"internal/must":            {},
	"internal/uuid":            {},
}

// unlinked are the packages that a program can use without linking fosite or
// go-jose v3, through whatever they import.
var unlinked = []string{
	"clientassertion", "clientcert", "cnf", "dpop", "internal/faults", "internal/fetch", "internal/jwe", "introspection",
	"internal/jwk", "keys", "metadata", "mtls", "rar", "replay", "requestobject", "resource",
}

// inTests is what test files may import besides their package's own permit.
// They may also import every package of this module.
var inTests = []family{fosite, josev4, testify, xnet}

// permitOf returns the permit of a package, and whether it is listed.
func permitOf(pkg string) (permit, bool) {
	if p, ok := leaves[pkg]; ok {
		return p, true
	}
	p, ok := others[pkg]
	return p, ok
}

func names(m map[string]permit) []string {
	var out []string
	for name := range m {
		out = append(out, name)
	}
	slices.Sort(out)
	return out
}
