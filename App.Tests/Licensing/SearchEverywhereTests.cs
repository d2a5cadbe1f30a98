using System.Net;
using Gatehouse.Platform.Http;
using Gatehouse.Tests.Support;

namespace Gatehouse.Tests.Licensing;

/// <summary>What was typed is found as it was typed, and in whatever form people type it, wherever there is a search.</summary>
public sealed class SearchEverywhereTests
{
    private static readonly (string Stored, string[] Typed)[] Words =
    [
        ("Ärzte", ["Ärzte", "ÄRZTE", "arzte", "A\u0308rzte", " Ärzte\u200b "]),
        ("Заказ 42", ["Заказ 42", "ЗАКАЗ 42", "заказ\u00a042"]),
        ("ＡＢＣ", ["ＡＢＣ", "ABC", "ａｂｃ"]),
        ("ΣΟΦΙΑ", ["ΣΟΦΙΑ", "σοφία", "Σοφια"]),
    ];

    private static readonly string[] Lists = ["/api/keys", "/api/batches", "/api/plans", "/api/staff", "/api/tokens"];

    [Theory, BothEngines]
    public async Task Each_word_is_found_by_every_list_bulk_filter_and_export(Engine engine)
    {
        await using var server = await TestServer.Start(engine);
        var http = await server.As(Role.Owner);
        var keys = new Dictionary<string, string>();
        for (var i = 0; i < Words.Length; i++)
        {
            var word = Words[i].Stored;
            var plan = (string)(await http.PostApi("/api/plans", new { name = word, prefix = "P" + i }))["plan"]!["id"]!;
            keys[word] = (string)(await http.PostApi("/api/keys/generate", new { plan, count = 1, note = word }))["keys"]![0]!;
            Assert.Equal(HttpStatusCode.OK, (await http.PatchApi("/api/keys/" + keys[word], new { note = word })).Status);
            Assert.Equal(HttpStatusCode.Created, (await http.PostApi("/api/staff", new { username = "person" + i, display_name = word, role = "analyst", password = "seven quiet rivers" })).Status);
            Assert.Equal(HttpStatusCode.Created, (await http.PostApi("/api/tokens", new { name = word, role = "analyst" })).Status);
        }
        // Its note alone is what the last one is found by.
        var bare = (string)(await http.PostApi("/api/keys/generate", new { plan = Words[0].Stored, count = 1, note = "x" }))["keys"]![0]!;
        Assert.Equal(HttpStatusCode.OK, (await http.PatchApi("/api/keys/" + bare, new { note = "Grüße" })).Status);
        Assert.Equal(bare, (string)Assert.Single((await http.GetApi("/api/keys?q=" + Uri.EscapeDataString("GRÜSSE"))).Items())!["key"]!);
        var page = await server.SignedIn(Role.Owner);
        foreach (var (word, forms) in Words)
            foreach (var typed in forms.Select(Uri.EscapeDataString))
            {
                foreach (var list in Lists)
                    Assert.True((await http.GetApi($"{list}?q={typed}")).Items().Count() == 1, $"{list} {word} {typed}");
                Assert.True((await http.GetApi($"/api/audit?q={typed}")).Items().Any(), $"audit {typed}");
                Assert.Equal(keys[word], (await http.GetApi($"/api/keys/export?q={typed}")).Text.Trim());
                var done = await http.PostApi("/api/keys/bulk", new { action = "note", note = word, filter = new { q = Uri.UnescapeDataString(typed) } });
                Assert.True((long)done["matched"]! == 1, $"bulk {typed}: {done}");
                Assert.Contains(word, (await page.Get($"/admin/plans?q={typed}")).One("#list").TextContent);
                Assert.Contains(word, (await page.Get($"/admin/batches?q={typed}")).One("#list").TextContent);
            }
        Assert.DoesNotContain(Words[0].Stored, (await page.Get("/admin/plans?q=nothing")).One("#list").TextContent);
    }
}
