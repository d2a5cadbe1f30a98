using System.Net;

namespace Gatehouse.Tests.Support;

/// <summary>Makes plans and keys over REST, for tests of something else.</summary>
public static class Catalog
{
    /// <summary>A plan of three hours and one machine unless told; returns its id.</summary>
    /// <param name="seconds">Null is perpetual.</param>
    public static async Task<string> MakePlan(this HttpClient staff, string name = "VIP", long? seconds = 3 * 3600, int machines = 1, string prefix = "", long grace = 86_400)
    {
        var answer = await staff.PostApi("/api/plans", new
        {
            name, kind = "software", duration_seconds = seconds, price = 1990, currency = "CNY", machine_limit = machines, prefix, offline_grace_seconds = grace,
            entitlements = new { pro = true, seats = 5, tier = "gold" },
        });
        Assert.True(answer.Status == HttpStatusCode.Created, answer.ToString());
        return (string)answer["plan"]!["id"]!;
    }

    /// <summary>A batch of keys of the plan.</summary>
    public static async Task<(string Batch, List<string> Keys)> MakeKeys(this HttpClient staff, string plan, int count = 1, string prefix = "VIP")
    {
        var answer = await staff.PostApi("/api/keys/generate", new { plan, prefix, count, length = 12, note = "" });
        Assert.True(answer.Status == HttpStatusCode.OK, answer.ToString());
        return ((string)answer["batch_id"]!, [.. answer["keys"]!.AsArray().Select(k => (string)k!)]);
    }

    /// <summary>Asks about a key as a client program does; the first call activates.</summary>
    public static Task<ApiAnswer> Validate(this HttpClient http, string code, string machine) => http.PostApi("/api/validate", new { code, machine_code = machine });
}
