using Gatehouse.Accounts.Customers;
using Gatehouse.Accounts.Logins;
using Gatehouse.Accounts.Permissions;
using Gatehouse.Accounts.Sessions;
using Gatehouse.Accounts.SignIn;
using Gatehouse.Audit.Log;
using Gatehouse.Platform.Crypto;
using Gatehouse.Platform.Fields;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Storage;
using Gatehouse.Platform.Ui;
using Microsoft.AspNetCore.Components;

namespace Gatehouse.Accounts.Person;

/// <summary><c>/admin/users/{id}</c>: a customer's page for staff. Its tabs are declared by the features whose they are.</summary>
public static class PersonPages
{
    private const string Path = CustomerPages.Path + "/{id}";

    public static void Map(IEndpointRouteBuilder app)
    {
        app.MapGet(Path, Show).Requires(AccountsPermissions.UsersRead).RequireRateLimiting(RateLimits.Pages).ExcludeFromDescription();
        var write = app.MapGroup(Path).Requires(AccountsPermissions.UsersWrite).RequireRateLimiting(RateLimits.Pages).ExcludeFromDescription();
        write.MapPost("", Save);
        write.MapPost("/disable", (HttpContext ctx, Database db, CustomerService customers, string id) => Act(ctx, db, id, "users.disabled", s => customers.SetDisabled(s, ctx.Caller(), id, true)));
        write.MapPost("/enable", (HttpContext ctx, Database db, CustomerService customers, string id) => Act(ctx, db, id, "users.enabled", s => customers.SetDisabled(s, ctx.Caller(), id, false)));
        write.MapPost("/unlock", (HttpContext ctx, Database db, CustomerService customers, string id) => Act(ctx, db, id, "users.unlocked", s => customers.Unlock(s, ctx.Caller(), id)));
        write.MapPost("/remove", (HttpContext ctx, Database db, CustomerService customers, string id) => Act(ctx, db, null, "users.removed", s => customers.Remove(s, ctx.Caller(), id))).AsksForProof();
        write.MapPost("/password", ResetPassword);
    }

    /// <summary>Shows the page with a tab whose form was refused.</summary>
    public static Task ShowTab(HttpContext ctx, string id, string tab, RenderFragment content, Refusal refusal) => Render(ctx, id, tab, content, null, refusal);

    private static async Task Show(HttpContext ctx, IEnumerable<PersonTab> tabs, Database db, CustomerService customers, string id)
    {
        var asked = ctx.Request.Query["tab"].ToString();
        if (tabs.FirstOrDefault(t => t.Name == asked && ctx.Caller().May(t.Needs)) is not { } tab)
        {
            await Render(ctx, id, "", null, null, null);
            return;
        }
        // The tab reads whatever belongs to that id: only of a customer of this tenant.
        await db.Read(s => customers.Get(s, ctx.Caller().TenantId, id), ctx.RequestAborted);
        await Render(ctx, id, tab.Name, await tab.Load(ctx, id), null, null);
    }

    private static async Task Render(HttpContext ctx, string id, string tab, RenderFragment? content, FormValues? typed, Refusal? refusal)
    {
        var (who, services) = (ctx.Caller(), ctx.RequestServices);
        var (customers, sessions, codes) = (services.GetRequiredService<CustomerService>(), services.GetRequiredService<SessionStore>(), services.GetRequiredService<EmailCodes>());
        var now = services.GetRequiredService<TimeProvider>().GetUtcNow().ToUnixTimeMilliseconds();
        var seen = services.GetServices<PersonTab>().Where(t => who.May(t.Needs)).OrderBy(t => t.Order).ToList();
        var model = await services.GetRequiredService<Database>().Read(async s =>
        {
            var found = await customers.Get(s, who.TenantId, id);
            var tabs = new List<(PersonTab, long?)>();
            foreach (var one in seen)
                tabs.Add((one, one.Count is { } count ? await count(s, who.TenantId, found.Id) : null));
            return new PersonModel(found, typed ?? Customer.Fields.ToForm(found), await sessions.List(s, who.TenantId, found.Id), tabs, tab, refusal)
            {
                Content = content,
                Codes = who.May(AccountsPermissions.UsersWrite) && found.State == "pending" ? await codes.Current(s, who.TenantId, found.Id, EmailCodes.SignUp, now) : [],
            };
        }, ctx.RequestAborted);
        await services.GetRequiredService<PageRenderer>().Render<PersonPage, PersonModel>(ctx, model, refusal?.Status ?? 200);
    }

    private static async Task Save(HttpContext ctx, Database db, CustomerService customers, string id)
    {
        var form = new FormValues(await RequestBody.Form(ctx));
        try
        {
            var customer = await db.Command(ctx.Caller(), s => customers.Update(s, ctx.Caller(), id, c => Customer.Fields.FromForm(c, form)), ctx.RequestAborted);
            PageRenderer.RedirectWithToast(ctx, $"{CustomerPages.Path}/{customer.Id}", new Toast("ok", "staff.saved", customer.Called));
        }
        catch (Refusal refusal) when (refusal.Status == 422)
        {
            await Render(ctx, id, "", null, form, refusal);
        }
    }

    private static async Task ResetPassword(HttpContext ctx, Database db, PageRenderer pages, CustomerService customers, Passwords passwords, string id)
    {
        var typed = (await RequestBody.Form(ctx))["password"].ToString();
        try
        {
            await db.Read(s => customers.Get(s, ctx.Caller().TenantId, id), ctx.RequestAborted);
            var password = CustomerEndpoints.Wanted(typed.Length == 0 ? null : typed);
            var hash = await passwords.Hash(password);
            var customer = await db.Command(ctx.Caller(), s => customers.ResetPassword(s, ctx.Caller(), id, password, hash, oneTime: typed.Length == 0), ctx.RequestAborted);
            if (typed.Length == 0)
                await pages.Render<CustomerPasswordPage, CustomerPasswordModel>(ctx, new(customer, password));
            else
                PageRenderer.RedirectWithToast(ctx, $"{CustomerPages.Path}/{customer.Id}", new Toast("ok", "staff.password_reset", customer.Called));
        }
        catch (Refusal refusal) when (refusal.Status == 422)
        {
            await Render(ctx, id, "", null, null, refusal);
        }
    }

    private static async Task Act(HttpContext ctx, Database db, string? id, string told, Func<WriteTx, ValueTask<Customer>> work)
    {
        var customer = await db.Command(ctx.Caller(), work, ctx.RequestAborted);
        PageRenderer.RedirectWithToast(ctx, id is null ? CustomerPages.Path : $"{CustomerPages.Path}/{customer.Id}", new Toast("ok", told, customer.Called));
    }
}

/// <param name="Tabs">Those that the reader may see, with how much each holds.</param>
/// <param name="Tab">Empty for the overview.</param>
public sealed record PersonModel(
    Customer Customer, FormValues Form, IReadOnlyList<AccountSession> Sessions, IReadOnlyList<(PersonTab Tab, long? Count)> Tabs, string Tab, Refusal? Refusal) : IFormModel
{
    /// <summary>Of the tab; null for the overview.</summary>
    public RenderFragment? Content { get; init; }

    /// <summary>Codes that confirm the address, for who may hand them over.</summary>
    public IReadOnlyList<EmailCode> Codes { get; init; } = [];
}
