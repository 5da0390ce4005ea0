package clauses

// A place says of a requirement what the sources don't show by a sentinel: where the code for it stands, and why no
// message can be refused for it, if none can.
type place struct {
	why    string // "": messages are refused for it
	files  []string
	checks []string // sentinels that no table gives its ID and no test names
}

// What kind of demand it is that nothing can break from outside.
const (
	says     = "what the server publishes"
	answers  = "how the server answers"
	grants   = "what the server must let pass"
	contents = "what stands in tokens"
)

// places are the only claims that rest on this table instead of on a refusing test.
var places = map[string]place{
	"DPOP-14":    {why: grants, files: []string{"dpop/verifier.go"}},
	"DPOP-22":    {why: contents, files: []string{"fapi/accesstoken.go"}},
	"DPOP-24":    {files: []string{"fapi/refresh.go"}},
	"DPOP-26":    {why: says, files: []string{"fapi/metadata.go"}},
	"DPOP-30":    {files: []string{"fapi/accesstoken.go"}},
	"DPOP-31":    {files: []string{"fapi/introspectionresponse.go"}},
	"DPOP-52":    {why: answers, files: []string{"dpop/nonces.go"}},
	"DPOP-64":    {why: grants, files: []string{"fapi/binding.go", "fapi/code.go"}},
	"DPOP-73":    {files: []string{"dpop/nonces.go"}},
	"F1A-AS-11":  {why: grants, files: []string{"fapi/pushed.go"}},
	"F1A-IDT-01": {why: contents, files: []string{"fapi/idtoken.go"}},
	"F1A-IDT-03": {why: contents, files: []string{"fapi/idtoken.go"}},
	"F1A-IDT-04": {why: contents, files: []string{"fapi/idtoken.go"}},
	"F1A-IDT-05": {why: contents, files: []string{"fapi/idtoken.go"}},
	"F1B-AS-01":  {why: grants, files: []string{"fapi/authenticate.go"}},
	"F1B-AS-14":  {why: answers, files: []string{"fapi/write.go"}},
	"F1B-AS-15":  {why: answers, files: []string{"fapi/token.go"}},
	"F1B-AS-16":  {files: []string{"fapi/compose.go"}, checks: []string{"F2-CR-06"}},
	"F1B-AS-22":  {files: []string{"fapi/handlers.go", "fapi/metadata.go"}},
	"F1B-AS-23":  {why: contents, files: []string{"fapi/idtoken.go"}},
	"F1B-RS-01":  {why: grants, files: []string{"resource/protect.go"}},
	"F1B-RS-09":  {why: answers, files: []string{"resource/interaction.go"}},
	"F1B-RS-11":  {why: grants, files: []string{"resource/protect.go"}},
	"F2-AS-09":   {why: answers, files: []string{"fapi/refresh.go"}},
	"F2-AZ-07":   {why: answers, files: []string{"fapi/answer.go"}},
	"F2-AZ-10":   {why: answers, files: []string{"jarm/redirect.go"}},
	"F2-AZ-11":   {why: answers, files: []string{"jarm/redirect.go"}},
	"F2-AZ-18":   {why: contents, files: []string{"fapi/idtoken.go"}},
	"F2-MS-09":   {why: answers, files: []string{"fapi/answer.go", "fapi/jarm.go"}},
	"F2-MS-11":   {files: []string{"fapi/introspectionresponse.go"}},
	"F2-MS-15":   {files: []string{"fapi/introspectionrequest.go"}},
	"F2-TLS-02":  {files: []string{"fapi/tls.go"}},
	"F2-TLS-06":  {files: []string{"fapi/tls.go"}},
	"F2-TLS-09":  {why: answers, files: []string{"fapi/answer.go"}},
	"INT-05":     {why: answers, files: []string{"fapi/introspectionrequest.go"}},
	"INT-10":     {files: []string{"fapi/introspectionrequest.go"}},
	"INT-11":     {files: []string{"introspection/accept.go"}},
	"INT-17":     {why: contents, files: []string{"introspection/encoder.go"}},
	"INT-20":     {why: says, files: []string{"fapi/metadata.go"}},
	"INT-24":     {why: contents, files: []string{"fapi/introspectionresponse.go"}},
	"ISS-01":     {why: answers, files: []string{"fapi/answer.go", "fapi/legacyiss.go"}},
	"ISS-04":     {why: says, files: []string{"fapi/metadata.go"}},
	"JAR-09":     {why: grants, files: []string{"fapi/requestobject.go"}},
	"JAR-32":     {why: says, files: []string{"fapi/metadata.go"}},
	"JARM-01":    {files: []string{"jarm/encoder.go"}, checks: []string{"jarm.ErrParameter"}},
	"JARM-03":    {why: answers, files: []string{"fapi/answer.go", "fapi/jarm.go"}},
	"JARM-05":    {why: answers, files: []string{"fapi/jarm.go", "jarm/redirect.go"}},
	"JARM-07":    {why: answers, files: []string{"fapi/answer.go", "jarm/encoder.go"}},
	"JARM-09":    {why: answers, files: []string{"jarm/redirect.go"}},
	"JARM-11":    {why: answers, files: []string{"jarm/redirect.go"}},
	"JARM-12":    {why: answers, files: []string{"jarm/formpost.go"}},
	"JARM-13":    {why: answers, files: []string{"jarm/mode.go"}},
	"JARM-30":    {files: []string{"jarm/encoder.go"}, checks: []string{"jarm.ErrAlgorithm"}},
	"JARM-31":    {why: answers, files: []string{"jarm/encoder.go"}},
	"JARM-40":    {why: says, files: []string{"fapi/metadata.go"}},
	"JARM-41":    {why: says, files: []string{"fapi/metadata.go"}},
	"MD-02":      {files: []string{"metadata/paths.go"}},
	"MD-03":      {files: []string{"metadata/paths.go"}},
	"MD-04":      {why: answers, files: []string{"metadata/handler.go"}},
	"MD-05":      {why: says, files: []string{"metadata/document.go"}},
	"MD-11":      {files: []string{"keys/jwks.go"}},
	"MTLS-11":    {why: contents, files: []string{"fapi/accesstoken.go"}},
	"MTLS-12":    {files: []string{"cnf/confirmation.go"}},
	"MTLS-13":    {why: contents, files: []string{"fapi/introspectionresponse.go"}},
	"MTLS-14":    {why: says, files: []string{"fapi/metadata.go"}},
	"MTLS-18":    {why: grants, files: []string{"fapi/tls.go"}},
	"MTLS-20":    {why: grants, files: []string{"fapi/refresh.go"}},
	"OA-06":      {why: answers, files: []string{"fapi/token.go"}},
	"OA-07":      {files: []string{"fapi/answer.go", "fapi/authorization_request.go"}},
	"OA-09":      {why: answers, files: []string{"fapi/answer.go"}},
	"OA-12":      {why: answers, files: []string{"fapi/write.go"}},
	"OA-14":      {why: answers, files: []string{"fapi/refusal.go"}},
	"OA-17":      {why: answers, files: []string{"fapi/answer.go"}},
	"OC-06":      {why: contents, files: []string{"fapi/idtoken.go"}},
	"PAR-02":     {why: says, files: []string{"fapi/metadata.go"}},
	"PAR-03":     {why: grants, files: []string{"fapi/pushed.go"}},
	"PAR-09":     {why: answers, files: []string{"fapi/pushed.go"}},
	"PAR-13":     {why: grants, files: []string{"fapi/pushed.go"}},
	"PAR-27":     {why: says, files: []string{"fapi/metadata.go"}},
	"PAR-28":     {why: grants, files: []string{"fapi/authorize.go"}},
	"PKCE-14":    {why: says, files: []string{"fapi/metadata.go"}},
}
