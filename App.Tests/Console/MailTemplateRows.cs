using Gatehouse.Console.Permissions;
using Gatehouse.Messaging.Unsubscribe;
using Gatehouse.Tests.Endpoints;
using static Gatehouse.Tests.Endpoints.Act;
using static Gatehouse.Tests.Endpoints.EndpointRow;

namespace Gatehouse.Tests.Console;

/// <summary>The words of mails, and who wants none.</summary>
public static class MailTemplateRows
{
    private const string Api = "/api/mail-templates/test/en", Pages = "/admin/settings/mail-templates/test/en";
    private const string Words = """{"subject":"Test from {site}","body":"It works."}""";

    public static readonly EndpointRow[] Rows =
    [
        new("GET", "/api/mail-templates", ConsolePermissions.SettingsManage),
        new("GET", "/api/mail-templates/{name}/{language}", ConsolePermissions.SettingsManage) { Path = Api },
        new("PATCH", "/api/mail-templates/{name}/{language}", ConsolePermissions.SettingsManage)
        {
            Path = Api, Json = Words, Optional = "subject body",
            Races = [new(Patch(Api, """{"subject":"One"}"""), Patch(Api, """{"body":"Two"}""")), new(Patch(Api, """{"subject":"One"}"""), Patch(Api, """{"subject":"Two"}"""))],
        },
        new("DELETE", "/api/mail-templates/{name}/{language}", ConsolePermissions.SettingsManage) { Path = Api, Races = [new(Patch(Api, Words), Delete(Api))] },
        new("POST", "/api/mail-templates/{name}/{language}/preview", ConsolePermissions.SettingsManage) { Path = Api + "/preview", Json = Words, Optional = "subject body", Leaves = true },
        new("GET", "/admin/settings/mail-templates", ConsolePermissions.SettingsManage),
        new("GET", "/admin/settings/mail-templates/{name}/{language}", ConsolePermissions.SettingsManage) { Path = Pages },
        new("POST", "/admin/settings/mail-templates/{name}/{language}", ConsolePermissions.SettingsManage)
        {
            Path = Pages, Form = "subject=Test&body=It works.", Races = [new(Page(Pages, "subject=Test&body=It works."), Patch(Api, """{"subject":"Two"}"""))],
        },
        new("POST", "/admin/settings/mail-templates/{name}/{language}/reset", ConsolePermissions.SettingsManage)
        {
            Path = Pages + "/reset", Races = [new(Page(Pages + "/reset"), Patch(Api, Words))],
        },
        new("GET", "/admin/settings/mail-templates/{name}/{language}/preview", ConsolePermissions.SettingsManage) { Path = Pages + "/preview", Apart = true },
        new("POST", "/admin/settings/mail-templates/{name}/{language}/preview", ConsolePermissions.SettingsManage) { Path = Pages + "/preview", Form = "subject=Test&body=It works.", Status = 200, Leaves = true },

        new("GET", "/unsubscribe/{token}", Open) { Path = "/unsubscribe/{unsubscribe}" },
        new("POST", "/unsubscribe/{token}", Open)
        {
            Path = "/unsubscribe/{unsubscribe}", Form = "List-Unsubscribe=One-Click", Status = 200, FromElsewhere = true,
            Races = [new(Page("/unsubscribe/{unsubscribe}"), Page("/unsubscribe/{unsubscribe}", "again=1"))],
        },
    ];

    public static readonly Dictionary<string, Func<Things, Task<string>>> Makers = new()
    {
        ["unsubscribe"] = async t =>
        {
            var token = (await t.Server.Service<UnsubscribeLinks>().Of(t.Tenant, await t.Server.Staff.Customer(t.Tenant))).Split('/')[^1];
            t.Label(token, "unsubscribe");
            return token;
        },
    };
}
