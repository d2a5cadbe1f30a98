using System.Net;
using System.Text;
using Gatehouse.Tests.Support;

namespace Gatehouse.Tests.Licensing.Batches;

/// <summary>Importing in the browser: the dry run, then the import.</summary>
public sealed class ImportPagesTests
{
    [Theory]
    [BothEngines]
    public async Task Faults_are_named_by_line_then_it_is_imported(Engine engine)
    {
        await using var desk = await Desk.Open(engine);
        var stored = (await desk.Keys(1))[0];
        var form = await desk.Browser.Get("/admin/keys/import");
        var checkedOnce = await Step(desk, form, "check", $"OLD-KEY-1\n{stored}\n<b>!</b>\nold-key-1\n");
        Assert.Equal(HttpStatusCode.UnprocessableEntity, checkedOnce.Status);
        Assert.Equal(["2", "3", "4"], checkedOnce.Document.QuerySelectorAll("#faults tbody td:first-child").Select(e => e.TextContent));
        Assert.Contains("<b>!</b>", checkedOnce.One("#faults").TextContent);
        Assert.Contains("OLD-KEY-1", checkedOnce.One("#content").TextContent);
        Assert.Empty(checkedOnce.Document.QuerySelectorAll("button[value=import]"));

        var good = await Step(desk, checkedOnce, "check", "key,note\nOLD-KEY-1,\"For Li, Wei\"\nOLD-KEY-2,\n");
        Assert.Equal(HttpStatusCode.OK, good.Status);
        Assert.Contains("2 keys, and nothing wrong with them", good.Text);
        Assert.Equal(HttpStatusCode.NotFound, (await desk.Api.GetApi("/api/keys/OLD-KEY-1")).Status);

        var done = await desk.Browser.Submit(good, "form[enctype]", new() { ["step"] = "import", ["note"] = "From the old shop" });
        Assert.StartsWith("/admin/batches/", done.Path);
        Assert.Contains("2 keys imported", done.Text);
        Assert.Contains("From the old shop", done.Text);
        Assert.Equal("For Li, Wei", (string?)(await desk.Api.GetApi("/api/keys/OLD-KEY-1"))["key"]!["note"]);

        var again = await Step(desk, await desk.Browser.Get("/admin/keys/import"), "import", "OLD-KEY-2\nOLD-KEY-3");
        Assert.Equal(HttpStatusCode.UnprocessableEntity, again.Status);
        Assert.Equal(HttpStatusCode.NotFound, (await desk.Api.GetApi("/api/keys/OLD-KEY-3")).Status);
    }

    [Theory]
    [InlineData("utf-8")]
    [InlineData("utf-16")]
    public async Task A_file_is_read_and_kept_for_the_next_step(string encoding)
    {
        await using var desk = await Desk.Open();
        var token = (await desk.Browser.Get("/admin/keys/import")).One("main input[name=_csrf]").GetAttribute("value")!;
        var text = Encoding.GetEncoding(encoding);
        var page = await desk.Browser.Send(() => new HttpRequestMessage(HttpMethod.Post, "/admin/keys/import")
        {
            Content = new MultipartFormDataContent
            {
                { new StringContent(token), "_csrf" }, { new StringContent(desk.Plan), "plan" }, { new StringContent("check"), "step" }, { new StringContent(""), "content" },
                { new ByteArrayContent([.. text.GetPreamble(), .. text.GetBytes("code\r\nFILE-KEY-1\r\nFILE-KEY-2\r\n")]), "file", "keys.csv" },
            },
        });
        Assert.Equal(HttpStatusCode.OK, page.Status);
        Assert.Contains("2 keys, and nothing wrong with them", page.Text);
        page = await desk.Browser.Submit(page, "form[enctype]", new() { ["step"] = "import" });
        Assert.Equal("FILE-KEY-1\nFILE-KEY-2", page.One("#keys").TextContent.Trim());
    }

    [Fact]
    public async Task A_chinese_spreadsheet_is_read_with_the_plan_and_the_state_of_each_key()
    {
        await using var desk = await Desk.Open();
        await desk.Api.MakePlan("专业版");
        var gbk = CodePagesEncodingProvider.Instance.GetEncoding("gbk")!;
        var page = await Send(desk, "*", gbk.GetBytes("卡密,套餐,状态,激活时间,备注,电话\r\n卡-1,VIP,未使用,,,\r\n"));
        Assert.Equal((HttpStatusCode.UnprocessableEntity, "2"), (page.Status, page.One("#faults tbody td:first-child").TextContent));
        page = await Send(desk, "*", gbk.GetBytes("卡密,套餐,状态,激活时间,备注,电话\r\nOLD-1,VIP,未使用,,给王小明，已付款,1\r\nOLD-2,专业版,使用中,2026/3/1 8:00,,2\r\n"));
        Assert.Equal(HttpStatusCode.OK, page.Status);
        Assert.Contains("By status: Unused 1, Active 1", page.Text);
        Assert.Contains("Columns that are not imported: 电话", page.Text);
        page = await desk.Browser.Submit(page, "form[enctype]", new() { ["step"] = "import" });
        Assert.Equal("/admin/batches", page.Path);
        var (one, two) = ((await desk.Api.GetApi("/api/keys/OLD-1"))["key"]!, (await desk.Api.GetApi("/api/keys/OLD-2"))["key"]!);
        Assert.Equal(("给王小明，已付款", "VIP", "unused"), ((string)one["note"]!, (string)one["plan"]!, (string)one["status"]!));
        Assert.Equal(("专业版", "active"), ((string)two["plan"]!, (string)two["status"]!));
    }

    [Fact]
    public async Task A_file_that_cannot_be_read_is_refused_by_line()
    {
        await using var desk = await Desk.Open();
        var page = await Send(desk, desk.Plan, Encoding.Latin1.GetBytes("key,note\nOLD-1,ok\nOLD-2,Jürgen\n"));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, page.Status);
        Assert.Equal("3", page.One("#faults tbody td:first-child").TextContent);
        Assert.Contains("Save it as UTF-8", page.One("#faults").TextContent);
    }

    private static async Task<TestPage> Send(Desk desk, string plan, byte[] file)
    {
        var token = (await desk.Browser.Get("/admin/keys/import")).One("main input[name=_csrf]").GetAttribute("value")!;
        return await desk.Browser.Send(() => new HttpRequestMessage(HttpMethod.Post, "/admin/keys/import")
        {
            Content = new MultipartFormDataContent
            {
                { new StringContent(token), "_csrf" }, { new StringContent(plan), "plan" }, { new StringContent("check"), "step" }, { new StringContent(""), "content" },
                { new ByteArrayContent(file), "file", "keys.csv" },
            },
        });
    }

    [Fact]
    public async Task Large_texts_are_taken()
    {
        await using var desk = await Desk.Open();
        var text = new StringBuilder();
        for (var i = 0; i < 60_000; i++)
            text.Append(System.Globalization.CultureInfo.InvariantCulture, $"LARGE-KEY-{i:D6},{new string('n', 90)}\n");
        Assert.True(text.Length > 5_000_000);
        var page = await Step(desk, await desk.Browser.Get("/admin/keys/import"), "check", text.ToString());
        Assert.Equal(HttpStatusCode.OK, page.Status);
        Assert.Contains("60,000 keys, and nothing wrong with them", page.Text);
    }

    [Fact]
    public async Task A_plan_that_was_switched_off_meanwhile_is_told_on_the_form()
    {
        await using var desk = await Desk.Open();
        await desk.Api.MakePlan("Other");
        await desk.Api.PatchApi("/api/plans/" + desk.Plan, new { enabled = false });
        var page = await desk.Post("/admin/keys/import", ("step", "check"), ("content", "OLD-KEY-1"), ("plan", desk.Plan));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, page.Status);
        Assert.Contains("This plan is switched off.", page.One("form[enctype]").TextContent);
        Assert.Contains("OLD-KEY-1", page.One("#content").TextContent);
    }

    [Fact]
    public async Task Nothing_to_import_is_said()
    {
        await using var desk = await Desk.Open();
        var page = await Step(desk, await desk.Browser.Get("/admin/keys/import"), "check", " \n# a remark\n");
        Assert.Equal(HttpStatusCode.UnprocessableEntity, page.Status);
        Assert.Contains("Choose a file, or paste keys here.", page.Text);
    }

    private static Task<TestPage> Step(Desk desk, TestPage page, string step, string content) =>
        desk.Browser.Submit(page, "form[enctype]", new() { ["step"] = step, ["content"] = content, ["plan"] = desk.Plan });
}
