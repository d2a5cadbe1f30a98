using Gatehouse.Platform.Http;
using Gatehouse.Tests.Support;

namespace Gatehouse.Tests.BadInput;

/// <summary>Rows for the placeholders of the tables.</summary>
internal static class Rows
{
    public static async Task<Dictionary<string, string>> Make(TestServer server, HttpClient owner)
    {
        var plan = await owner.MakePlan("Plan of rows");
        var (batch, keys) = await owner.MakeKeys(plan);
        await owner.PostApi("/api/tokens", new { name = "Token of rows", role = "analyst" });
        var token = await server.Db.Read(s => s.One("SELECT id FROM api_tokens WHERE name = 'Token of rows'", r => r.GetString(0)));
        return new() { ["plan"] = plan, ["batch"] = batch, ["key"] = keys[0], ["token"] = token!, ["staff"] = await server.Staff.Account(Role.Analyst) };
    }

    public static string Fill(string text, Dictionary<string, string> ids) => ids.Aggregate(text, (t, id) => t.Replace("{" + id.Key + "}", id.Value, StringComparison.Ordinal));
}
