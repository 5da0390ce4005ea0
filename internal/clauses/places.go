package clauses

// A place says of a requirement what the sources don't show by a sentinel: where the code for it stands, and why no
// message can be refused for it, if none can.
type place struct {
	why   string // "": messages are refused for it
	files []string
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
	"DPOP-14":    {grants, []string{"dpop/verifier.go"}},
	"DPOP-22":    {contents, []string{"fapi/accesstoken.go"}},
	"DPOP-24":    {"", []string{"fapi/refresh.go"}},
	"DPOP-26":    {says, []string{"fapi/metadata.go"}},
	"DPOP-30":    {"", []string{"fapi/accesstoken.go"}},
	"DPOP-31":    {"", []string{"fapi/introspectionresponse.go"}},
	"DPOP-52":    {answers, []string{"dpop/nonces.go"}},
	"DPOP-64":    {grants, []string{"fapi/binding.go", "fapi/code.go"}},
	"DPOP-73":    {"", []string{"dpop/nonces.go"}},
	"F1A-AS-11":  {grants, []string{"fapi/pushed.go"}},
	"F1A-IDT-01": {contents, []string{"fapi/idtoken.go"}},
	"F1A-IDT-03": {contents, []string{"fapi/idtoken.go"}},
	"F1A-IDT-04": {contents, []string{"fapi/idtoken.go"}},
	"F1A-IDT-05": {contents, []string{"fapi/idtoken.go"}},
	"F1B-AS-01":  {grants, []string{"fapi/authenticate.go"}},
	"F1B-AS-14":  {answers, []string{"fapi/write.go"}},
	"F1B-AS-15":  {answers, []string{"fapi/token.go"}},
	"F1B-AS-16":  {"", []string{"fapi/compose.go"}},
	"F1B-AS-22":  {"", []string{"fapi/handlers.go", "fapi/metadata.go"}},
	"F1B-AS-23":  {contents, []string{"fapi/idtoken.go"}},
	"F1B-RS-01":  {grants, []string{"resource/protect.go"}},
	"F1B-RS-09":  {answers, []string{"resource/interaction.go"}},
	"F1B-RS-11":  {grants, []string{"resource/protect.go"}},
	"F2-AS-09":   {answers, []string{"fapi/refresh.go"}},
	"F2-AZ-07":   {answers, []string{"fapi/answer.go"}},
	"F2-AZ-10":   {answers, []string{"jarm/redirect.go"}},
	"F2-AZ-11":   {answers, []string{"jarm/redirect.go"}},
	"F2-AZ-18":   {contents, []string{"fapi/idtoken.go"}},
	"F2-MS-09":   {answers, []string{"fapi/answer.go", "fapi/jarm.go"}},
	"F2-MS-11":   {"", []string{"fapi/introspectionresponse.go"}},
	"F2-MS-15":   {"", []string{"fapi/introspectionrequest.go"}},
	"F2-TLS-02":  {"", []string{"fapi/tls.go"}},
	"F2-TLS-06":  {"", []string{"fapi/tls.go"}},
	"F2-TLS-09":  {answers, []string{"fapi/answer.go"}},
	"INT-05":     {answers, []string{"fapi/introspectionrequest.go"}},
	"INT-10":     {"", []string{"fapi/introspectionrequest.go"}},
	"INT-11":     {"", []string{"introspection/accept.go"}},
	"INT-17":     {contents, []string{"introspection/encoder.go"}},
	"INT-20":     {says, []string{"fapi/metadata.go"}},
	"INT-24":     {contents, []string{"fapi/introspectionresponse.go"}},
	"ISS-01":     {answers, []string{"fapi/answer.go"}},
	"ISS-04":     {says, []string{"fapi/metadata.go"}},
	"JAR-09":     {grants, []string{"fapi/requestobject.go"}},
	"JAR-32":     {says, []string{"fapi/metadata.go"}},
	"JARM-01":    {"", []string{"jarm/encoder.go"}},
	"JARM-03":    {"", []string{"fapi/answer.go", "fapi/jarm.go"}},
	"JARM-05":    {answers, []string{"fapi/jarm.go", "jarm/redirect.go"}},
	"JARM-07":    {answers, []string{"fapi/answer.go", "jarm/encoder.go"}},
	"JARM-09":    {answers, []string{"jarm/redirect.go"}},
	"JARM-11":    {answers, []string{"jarm/redirect.go"}},
	"JARM-12":    {answers, []string{"jarm/formpost.go"}},
	"JARM-13":    {answers, []string{"jarm/mode.go"}},
	"JARM-30":    {"", []string{"jarm/encoder.go"}},
	"JARM-31":    {answers, []string{"jarm/encoder.go"}},
	"JARM-40":    {says, []string{"fapi/metadata.go"}},
	"JARM-41":    {says, []string{"fapi/metadata.go"}},
	"MD-02":      {"", []string{"metadata/paths.go"}},
	"MD-03":      {"", []string{"metadata/paths.go"}},
	"MD-04":      {answers, []string{"metadata/handler.go"}},
	"MD-05":      {says, []string{"metadata/document.go"}},
	"MD-11":      {"", []string{"keys/jwks.go"}},
	"MTLS-11":    {contents, []string{"fapi/accesstoken.go"}},
	"MTLS-12":    {"", []string{"cnf/confirmation.go"}},
	"MTLS-13":    {contents, []string{"fapi/introspectionresponse.go"}},
	"MTLS-14":    {says, []string{"fapi/metadata.go"}},
	"MTLS-18":    {grants, []string{"fapi/tls.go"}},
	"MTLS-20":    {grants, []string{"fapi/refresh.go"}},
	"OA-06":      {answers, []string{"fapi/token.go"}},
	"OA-07":      {"", []string{"fapi/answer.go", "fapi/authorization_request.go"}},
	"OA-09":      {"", []string{"fapi/answer.go"}},
	"OA-12":      {answers, []string{"fapi/write.go"}},
	"OA-14":      {answers, []string{"fapi/refusal.go"}},
	"OA-17":      {answers, []string{"fapi/answer.go"}},
	"OC-06":      {contents, []string{"fapi/idtoken.go"}},
	"PAR-02":     {says, []string{"fapi/metadata.go"}},
	"PAR-03":     {grants, []string{"fapi/pushed.go"}},
	"PAR-09":     {answers, []string{"fapi/pushed.go"}},
	"PAR-13":     {grants, []string{"fapi/pushed.go"}},
	"PAR-27":     {says, []string{"fapi/metadata.go"}},
	"PAR-28":     {grants, []string{"fapi/authorize.go"}},
	"PKCE-14":    {says, []string{"fapi/metadata.go"}},
}
