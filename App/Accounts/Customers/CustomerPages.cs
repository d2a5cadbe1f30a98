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
using Gatehouse.Platform.Ui.Lists;

namespace Gatehouse.Accounts.Customers;

/// <summary><c>/admin/users</c>: customers, for staff.</summary>
public static class CustomerPages
{
    internal const string Path = "/admin/users";
    private const string ListName = "users";

    public static void Map(IEndpointRouteBuilder app)
    {
        var read = app.MapGroup(Path).Requires(AccountsPermissions.UsersRead).RequireRateLimiting(RateLimits.Pages).ExcludeFromDescription();
        read.MapGet("", List);
        read.MapColumns(Path, ListName, CustomerListPage.Keys);
        var write = app.MapGroup(Path).Requires(AccountsPermissions.UsersWrite).RequireRateLimiting(RateLimits.Pages).ExcludeFromDescription();
        write.MapGet("/new", (HttpContext ctx, PageRenderer pages) => pages.Render<CustomerNewPage, CustomerFormModel>(ctx, new(Customer.Fields.ToForm(new Customer()))));
        write.MapPost("", Create);
    }

    private static async Task List(HttpContext ctx, Database db, PageRenderer pages, CustomerService customers, string? q, string? state, string? sort, string? after)
    {
        var filter = new CustomerFilter(SearchTerm.Of(q), Customer.States.Contains(state) ? state : null, string.IsNullOrEmpty(after) ? null : after) { Order = ListOrder.Of(sort, CustomerSort.Keys) ?? CustomerSort.Default };
        var (page, columns) = await db.Read(async s => (await customers.List(s, ctx.Caller().TenantId, filter), await ColumnChoices.Of(s, ctx.Caller(), ListName)), ctx.RequestAborted);
        await pages.Render<CustomerListPage, CustomerListModel>(ctx, new(page, filter, columns, ctx.Request.Query["all"] == "1"));
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
}

/// <param name="All">All that match are chosen, not only rows that are ticked.</param>
public sealed record CustomerListModel(Slice<Customer> Page, CustomerFilter Filter, ColumnChoice Columns, bool All = false);

public sealed record CustomerFormModel(FormValues Form, Refusal? Refusal = null) : IFormModel;

public sealed record CustomerPasswordModel(Customer Customer, string Password);
