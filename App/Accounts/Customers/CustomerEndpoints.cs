using Gatehouse.Accounts.Permissions;
using Gatehouse.Accounts.Staff;
using Gatehouse.Audit.Log;
using Gatehouse.Platform.Crypto;
using Gatehouse.Platform.Http;
using Gatehouse.Platform.Storage;

namespace Gatehouse.Accounts.Customers;

/// <summary><c>/api/users</c>: customers, for staff. <c>{id}</c> is an id, an e-mail address, a phone number or a user name.</summary>
public static class CustomerEndpoints
{
    public static void Map(IEndpointRouteBuilder app)
    {
        var group = app.MapGroup("/api/users").RequireRateLimiting(RateLimits.Api).WithTags("Customers");
        var read = group.MapGroup("").Requires(AccountsPermissions.UsersRead);
        read.MapGet("", List).WithSummary("List customers")
            .Query("sort", "`created`, `name`, `email`, `last_sign_in` or `points`; with a minus before it, the other way round. Left out, the newest first.").Query("q", "Part of a name, e-mail address, phone number or note.")
            .Query("state", "`pending`, `active`, `locked`, `disabled` or `leaving`; all when left out.").Paged().Produces<CustomerList>();
        read.MapGet("/{id}", Get).WithSummary("One customer, by id, e-mail address, phone number or user name").Refuses(CustomerErrors.NotFound).Produces<CustomerResponse>();
        var write = group.MapGroup("").Requires(AccountsPermissions.UsersWrite);
        write.MapPost("", Create).WithSummary("Add a customer")
            .WithDescription("A one-time password is made, told in this answer and nowhere else; it must be changed at the first sign-in.")
            .Idempotent().Accepts<CustomerInput>("application/json").Produces<CustomerResponse>(201);
        write.MapPatch("/{id}", Change).WithSummary("Change what is named").Refuses(CustomerErrors.NotFound).Accepts<CustomerInput>("application/json").Produces<CustomerResponse>();
        write.MapDelete("/{id}", Remove).WithSummary("Delete a customer and all that says who it was").Refuses(CustomerErrors.NotFound).Produces<CustomerResponse>();
        write.MapPost("/{id}/disable", (HttpContext ctx, string id, Database db, CustomerService customers) => Act(ctx, db, s => customers.SetDisabled(s, ctx.Caller(), id, true)))
            .WithSummary("Let a customer in no more").Refuses(CustomerErrors.NotFound).Produces<CustomerResponse>();
        write.MapPost("/{id}/enable", (HttpContext ctx, string id, Database db, CustomerService customers) => Act(ctx, db, s => customers.SetDisabled(s, ctx.Caller(), id, false)))
            .WithSummary("Let a customer in again").Refuses(CustomerErrors.NotFound).Produces<CustomerResponse>();
        write.MapPost("/{id}/unlock", (HttpContext ctx, string id, Database db, CustomerService customers) => Act(ctx, db, s => customers.Unlock(s, ctx.Caller(), id)))
            .WithSummary("Open an account that wrong passwords have locked").Refuses(CustomerErrors.NotFound).Produces<CustomerResponse>();
        write.MapPost("/{id}/reset-password", ResetPassword).WithSummary("Give a customer another password")
            .WithDescription("Without a `password` a one-time one is made, told in this answer and nowhere else. Ends all of the customer's sessions.")
            .Refuses(CustomerErrors.NotFound).Accepts<CustomerPasswordBody>("application/json").Produces<CustomerResponse>();
    }

    private static async Task List(HttpContext ctx, Database db, CustomerService customers, string? q, string? state, string? sort, string? after, string? limit)
    {
        var filter = new CustomerFilter(SearchTerm.Of(q), string.IsNullOrEmpty(state) ? null : state, after, Cursor.Limit(limit))
        {
            Order = ListOrder.Of(sort, CustomerSort.Keys) ?? throw Refusal.Field("sort", "field.one_of", string.Join(", ", CustomerSort.Keys.Select(k => k.Name))),
        };
        var page = await db.Read(s => customers.List(s, ctx.Caller().TenantId, filter), ctx.RequestAborted);
        await SignedJson.Send(ctx, new CustomerList(true, page.Items, page.Next), CustomerJson.Default.CustomerList);
    }

    private static async Task Get(HttpContext ctx, string id, Database db, CustomerService customers) =>
        await Send(ctx, await db.Read(async s => await customers.Get(s, ctx.Caller().TenantId, await customers.IdOf(s, ctx.Caller().TenantId, id)), ctx.RequestAborted));

    private static async Task Create(HttpContext ctx, Database db, CustomerService customers, Passwords passwords)
    {
        var bytes = await RequestBody.Bytes(ctx);
        var customer = Customer.Fields.Checked(Customer.Fields.Change(ctx, bytes)(new Customer()));
        var made = PasswordRules.MakeOneTime();
        var hash = await passwords.Hash(made);
        await Idempotency.Run(ctx, db, bytes, Commands.InTurn(ctx.Caller(), async s =>
            new CustomerResponse(true, await customers.Create(s, ctx.Caller(), customer, hash, oneTime: true), made)),
            CustomerJson.Default.CustomerResponse, 201, kept: answer => answer with { Password = null });
    }

    private static async Task Change(HttpContext ctx, string id, Database db, CustomerService customers)
    {
        var change = Customer.Fields.Change(ctx, await RequestBody.Bytes(ctx));
        await Act(ctx, db, s => customers.Update(s, ctx.Caller(), id, change));
    }

    private static Task Remove(HttpContext ctx, string id, Database db, CustomerService customers) => Act(ctx, db, s => customers.Remove(s, ctx.Caller(), id));

    private static async Task ResetPassword(HttpContext ctx, string id, Database db, CustomerService customers, Passwords passwords)
    {
        var body = await RequestBody.Read(ctx, CustomerJson.Default.CustomerPasswordBody);
        // Before the password is hashed, which is work.
        await db.Read(s => customers.IdOf(s, ctx.Caller().TenantId, id), ctx.RequestAborted);
        var password = Wanted(body.Password);
        var hash = await passwords.Hash(password);
        var customer = await db.Command(ctx.Caller(), s => customers.ResetPassword(s, ctx.Caller(), id, password, hash, oneTime: body.Password is null), ctx.RequestAborted);
        await SignedJson.Send(ctx, new CustomerResponse(true, customer, body.Password is null ? password : null), CustomerJson.Default.CustomerResponse);
    }

    /// <summary>The password that was given, or one made up.</summary>
    /// <exception cref="Refusal">422 on <c>password</c>.</exception>
    internal static string Wanted(string? password)
    {
        if (password is null)
            return PasswordRules.MakeOneTime();
        var checks = new FieldChecks();
        PasswordRules.Check(checks, "password", password, "");
        checks.ThrowIfAny();
        return password;
    }

    private static async Task Act(HttpContext ctx, Database db, Func<WriteTx, ValueTask<Customer>> work) =>
        await Send(ctx, await db.Command(ctx.Caller(), work, ctx.RequestAborted));

    private static Task Send(HttpContext ctx, Customer customer) => SignedJson.Send(ctx, new CustomerResponse(true, customer), CustomerJson.Default.CustomerResponse);
}
