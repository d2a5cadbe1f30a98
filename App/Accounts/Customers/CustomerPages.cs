using Gatehouse.Accounts.Logins;
using Gatehouse.Accounts.Permissions;
using Gatehouse.Accounts.Sessions;
using Gatehouse.Accounts.SignIn;
using Gatehouse.Accounts.Staff;
using Gatehouse.Audit.Log;
using Gatehouse.Platform.Crypto;
using Gatehouse.Platform.Fields;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Storage;
using Gatehouse.Platform.Ui;

namespace Gatehouse.Accounts.Customers;

/// <summary><c>/admin/users</c>: customers, for staff.</summary>
public static class CustomerPages
{
    private const string Path = "/admin/users";
    private const int SignInsShown = 50;

    public static void Map(IEndpointRouteBuilder app)
    {
        var read = app.MapGroup(Path).Requires(AccountsPermissions.UsersRead).RequireRateLimiting(RateLimits.Pages).ExcludeFromDescription();
        read.MapGet("", List);
        read.MapGet("/{id}", Show);
        var write = app.MapGroup(Path).Requires(AccountsPermissions.UsersWrite).RequireRateLimiting(RateLimits.Pages).ExcludeFromDescription();
        write.MapGet("/new", (HttpContext ctx, PageRenderer pages) => pages.Render<CustomerNewPage, CustomerFormModel>(ctx, new(Customer.Fields.ToForm(new Customer()))));
        write.MapPost("", Create);
        write.MapPost("/{id}", Save);
        write.MapPost("/{id}/disable", (HttpContext ctx, Database db, CustomerService customers, string id) => Act(ctx, db, id, "users.disabled", s => customers.SetDisabled(s, ctx.Caller(), id, true)));
        write.MapPost("/{id}/enable", (HttpContext ctx, Database db, CustomerService customers, string id) => Act(ctx, db, id, "users.enabled", s => customers.SetDisabled(s, ctx.Caller(), id, false)));
        write.MapPost("/{id}/unlock", (HttpContext ctx, Database db, CustomerService customers, string id) => Act(ctx, db, id, "users.unlocked", s => customers.Unlock(s, ctx.Caller(), id)));
        write.MapPost("/{id}/remove", (HttpContext ctx, Database db, CustomerService customers, string id) => Act(ctx, db, null, "users.removed", s => customers.Remove(s, ctx.Caller(), id))).AsksForProof();
        write.MapPost("/{id}/password", ResetPassword);
    }

    private static async Task List(HttpContext ctx, Database db, PageRenderer pages, CustomerService customers, string? q, string? state, string? after)
    {
        var filter = new CustomerFilter(SearchTerm.Of(q), Customer.States.Contains(state) ? state : null, string.IsNullOrEmpty(after) ? null : after);
        var page = await db.Read(s => customers.List(s, ctx.Caller().TenantId, filter), ctx.RequestAborted);
        await pages.Render<CustomerListPage, CustomerListModel>(ctx, new(page, filter, ctx.Request.Query["all"] == "1"));
    }

    private static async Task Create(HttpContext ctx, Database db, PageRenderer pages, CustomerService customers, Passwords passwords)
    {
        var form = new FormValues(await RequestBody.Form(ctx));
        try
        {
            var wanted = Customer.Fields.FromForm(new Customer(), form);
            var password = PasswordRules.MakeOneTime();
            var hash = await passwords.Hash(password);
            var customer = await db.Command(ctx.Caller(), s => customers.Create(s, ctx.Caller(), wanted, hash, oneTime: true), ctx.RequestAborted);
            await pages.Render<CustomerPasswordPage, CustomerPasswordModel>(ctx, new(customer, password));
        }
        catch (Refusal refusal) when (refusal.Status == 422)
        {
            await pages.Render<CustomerNewPage, CustomerFormModel>(ctx, new(form, refusal), 422);
        }
    }

    private static Task Show(HttpContext ctx, Database db, PageRenderer pages, CustomerService customers, SessionStore sessions, SignIns signIns, EmailCodes codes, TimeProvider clock, string id) =>
        ShowPerson(ctx, db, pages, customers, sessions, signIns, codes, clock, id);

    private static async Task ShowPerson(
        HttpContext ctx, Database db, PageRenderer pages, CustomerService customers, SessionStore sessions, SignIns signIns, EmailCodes codes, TimeProvider clock, string id, FormValues? typed = null, Refusal? refusal = null)
    {
        var tenant = ctx.Caller().TenantId;
        var tab = ctx.Request.Query["tab"] == "sign-ins" ? "sign-ins" : "";
        var handsOver = ctx.Caller().May(AccountsPermissions.UsersWrite);
        var model = await db.Read(async s =>
        {
            var found = await customers.Get(s, tenant, id);
            return new CustomerModel(found, typed ?? Customer.Fields.ToForm(found), await sessions.List(s, tenant, found.Id),
                tab.Length > 0 ? await signIns.Recent(s, tenant, found.Id, SignInsShown) : [], tab, refusal)
            {
                Codes = handsOver && found.State == "pending" ? await codes.Current(s, tenant, found.Id, EmailCodes.SignUp, clock.GetUtcNow().ToUnixTimeMilliseconds()) : [],
            };
        }, ctx.RequestAborted);
        await pages.Render<CustomerPage, CustomerModel>(ctx, model, refusal?.Status ?? 200);
    }

    private static async Task Save(HttpContext ctx, Database db, PageRenderer pages, CustomerService customers, SessionStore sessions, SignIns signIns, EmailCodes codes, TimeProvider clock, string id)
    {
        var form = new FormValues(await RequestBody.Form(ctx));
        try
        {
            var customer = await db.Command(ctx.Caller(), s => customers.Update(s, ctx.Caller(), id, c => Customer.Fields.FromForm(c, form)), ctx.RequestAborted);
            PageRenderer.RedirectWithToast(ctx, $"{Path}/{customer.Id}", new Toast("ok", "staff.saved", customer.Called));
        }
        catch (Refusal refusal) when (refusal.Status == 422)
        {
            await ShowPerson(ctx, db, pages, customers, sessions, signIns, codes, clock, id, form, refusal);
        }
    }

    private static async Task ResetPassword(HttpContext ctx, Database db, PageRenderer pages, CustomerService customers, SessionStore sessions, SignIns signIns, EmailCodes codes, TimeProvider clock, Passwords passwords, string id)
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
                PageRenderer.RedirectWithToast(ctx, $"{Path}/{customer.Id}", new Toast("ok", "staff.password_reset", customer.Called));
        }
        catch (Refusal refusal) when (refusal.Status == 422)
        {
            await ShowPerson(ctx, db, pages, customers, sessions, signIns, codes, clock, id, null, refusal);
        }
    }

    private static async Task Act(HttpContext ctx, Database db, string? id, string told, Func<WriteTx, ValueTask<Customer>> work)
    {
        var customer = await db.Command(ctx.Caller(), work, ctx.RequestAborted);
        PageRenderer.RedirectWithToast(ctx, id is null ? Path : $"{Path}/{customer.Id}", new Toast("ok", told, customer.Called));
    }
}

/// <param name="All">All that match are chosen, not only rows that are ticked.</param>
public sealed record CustomerListModel(Slice<Customer> Page, CustomerFilter Filter, bool All = false);

public sealed record CustomerFormModel(FormValues Form, Refusal? Refusal = null) : IFormModel;

/// <param name="Tab">Empty for the overview, or <c>sign-ins</c>.</param>
public sealed record CustomerModel(
    Customer Customer, FormValues Form, IReadOnlyList<AccountSession> Sessions, IReadOnlyList<SignInAttempt> SignIns, string Tab = "", Refusal? Refusal = null) : IFormModel
{
    /// <summary>Codes that confirm the address, for who may hand them over.</summary>
    public IReadOnlyList<EmailCode> Codes { get; init; } = [];
}

public sealed record CustomerPasswordModel(Customer Customer, string Password);
