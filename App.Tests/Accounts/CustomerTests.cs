using Gatehouse.Accounts.Customers;
using Gatehouse.Accounts.Logins;
using Gatehouse.Accounts.Staff;
using Gatehouse.Platform.Http;
using Gatehouse.Tests.Support;

namespace Gatehouse.Tests.Accounts;

/// <summary>Customers, as transactions on both engines, and how people are reached.</summary>
public sealed class CustomerTests
{
    [Theory]
    [InlineData("Name@Example.COM ", "name@example.com")]
    [InlineData("a.b+tag@sub.example.co", "a.b+tag@sub.example.co")]
    [InlineData("name@例子.中国", "name@xn--fsqu00a.xn--fiqs8s")]
    [InlineData("name@example.com.", "name@example.com")]
    [InlineData("name@example", null)]
    [InlineData("@example.com", null)]
    [InlineData("na me@example.com", null)]
    [InlineData("name@exa_mple.com", null)]
    [InlineData("name@@example.com", null)]
    [InlineData("name..x@example.com", null)]
    [InlineData("a@b.c\r\nBcc: x@y.z", null)]
    [InlineData("", null)]
    [InlineData(null, null)]
    public void An_address_is_kept_in_one_form(string? typed, string? kept) => Assert.Equal(kept, ContactRules.Email(typed));

    [Fact]
    public void An_address_is_as_long_as_mail_lets_it_be()
    {
        var domain = string.Concat(Enumerable.Repeat(new string('d', 40) + ".", 4)) + "example";
        Assert.NotNull(ContactRules.Email(new string('a', 64) + "@" + domain));
        Assert.Null(ContactRules.Email(new string('a', 65) + "@" + domain));
        Assert.Null(ContactRules.Email("a@" + string.Concat(Enumerable.Repeat(new string('d', 61) + ".", 4)) + "example"));
    }

    [Theory]
    [InlineData("13800138000", "+8613800138000")]
    [InlineData("+86 138 0013 8000", "+8613800138000")]
    [InlineData("8613800138000", "+8613800138000")]
    [InlineData("0086-138-0013-8000", "+8613800138000")]
    [InlineData("１３８００１３８０００", "+8613800138000")]
    [InlineData("+44 (20) 7946.0018", "+442079460018")]
    [InlineData("00442079460018", "+442079460018")]
    [InlineData("+86 21 6123 4567", "+862161234567")]
    [InlineData("12800138000", null)]
    [InlineData("+8612800138000", null)]
    [InlineData("+861380013800", null)]
    [InlineData("2079460018", null)]
    [InlineData("+0123456789", null)]
    [InlineData("+1234567890123456", null)]
    [InlineData("call me", null)]
    [InlineData(null, null)]
    public void A_number_is_kept_as_E164_has_it(string? typed, string? kept) => Assert.Equal(kept, ContactRules.Phone(typed));

    [Theory, BothEngines]
    public async Task A_name_is_one_accounts_whatever_it_is_to_it(Engine engine)
    {
        await using var bench = await Bench.Open(engine);
        await bench.Staff("me@example.com", Role.Owner);
        await bench.Customer(new() { Username = "chen", Email = "Chen@Example.com", Phone = "138 0013 8000" });
        Assert.Equal(["email"], await Wrong(bench, new() { Email = "me@example.com" }));
        Assert.Equal(["email"], await Wrong(bench, new() { Email = "chen@example.com" }));
        Assert.Equal(["phone"], await Wrong(bench, new() { Phone = "+8613800138000" }));
        Assert.Equal(["username"], await Wrong(bench, new() { Username = "CHEN" }));
        // Neither can a name be taken that is another's address or number by its form.
        Assert.Equal(["username"], await Wrong(bench, new() { Username = "someone@example.com" }));
        Assert.Equal(["username"], await Wrong(bench, new() { Username = "13900139000" }));
        Assert.Equal("accounts.field.username_taken", (await Assert.ThrowsAsync<Refusal>(() => bench.Staff("chen@example.com", Role.Admin))).Fields["username"].Key);
        Assert.Equal(2, await bench.Count("SELECT COUNT(*) FROM accounts"));
        Assert.Equal(4, await bench.Count("SELECT COUNT(*) FROM account_logins"));
    }

    [Theory, BothEngines]
    public async Task Of_two_who_take_one_address_at_once_one_gets_it(Engine engine)
    {
        await using var bench = await Bench.Open(engine);
        for (var round = 0; round < 10; round++)
        {
            var (a, b) = (await bench.Customer(new()), await bench.Customer(new()));
            var email = $"one{round}@example.com";
            var codes = await Task.WhenAll(new[] { a, b }.Select(c => Bench.Code(() => bench.Db.Write(s => bench.Customers.Update(s, Caller.System, c.Id, x => x with { Email = email })))));
            Assert.Equal([null, "VALIDATION_FAILED"], codes.Order());
            Assert.Equal(1, await bench.Count("SELECT COUNT(*) FROM accounts WHERE email = @email", ("email", email)));
        }
    }

    [Theory, BothEngines]
    public async Task A_name_that_was_given_up_is_free_again(Engine engine)
    {
        await using var bench = await Bench.Open(engine);
        var first = await bench.Customer(new() { Username = "chen", Email = "chen@example.com" });
        await bench.Db.Write(s => bench.Customers.Update(s, Caller.System, first.Id, c => c with { Username = "yu", Email = null }));
        var second = await bench.Customer(new() { Username = "chen", Email = "chen@example.com" });
        await bench.Db.Write(s => bench.Customers.Remove(s, Caller.System, second.Id));
        Assert.NotEqual(second.Id, (await bench.Customer(new() { Username = "chen", Email = "chen@example.com" })).Id);
    }

    [Theory, BothEngines]
    public async Task One_is_found_by_all_its_names(Engine engine)
    {
        await using var bench = await Bench.Open(engine);
        var customer = await bench.Customer(new() { Username = "chen.yu", Email = "chen@example.com", Phone = "13800138000" });
        var staff = await bench.Staff("wei", Role.Admin);
        foreach (var name in new[] { customer.Id, "Chen.Yu", "CHEN@example.com", "+86 13800138000", "13800138000" })
            Assert.Equal(customer.Id, await bench.Db.Read(s => bench.Customers.IdOf(s, "default", name)));
        foreach (var none in new[] { "nobody", "", "a\0b", new string('x', 5000) })
            Assert.Equal("NO_SUCH_USER", await Bench.Code(() => bench.Db.Read(s => bench.Customers.IdOf(s, "default", none))));
        // Staff are no customers.
        Assert.Equal("NO_SUCH_USER", await Bench.Code(() => bench.Db.Write(s => bench.Customers.SetDisabled(s, Caller.System, "wei", true))));
        Assert.Equal("NO_SUCH_USER", await Bench.Code(() => bench.Db.Write(s => bench.Customers.Remove(s, Caller.System, staff.Id))));
    }

    [Theory, BothEngines]
    public async Task States_are_told_and_listed_alike(Engine engine)
    {
        await using var bench = await Bench.Open(engine);
        var now = bench.Clock.Now;
        Task<int> Set(Customer customer, string what) => bench.Db.Write(s => s.Execute($"UPDATE accounts SET {what} WHERE id = @id", ("id", customer.Id), ("now", now)));
        var customers = new Dictionary<string, Customer>();
        foreach (var state in Customer.States)
            customers[state] = await bench.Customer(new() { Username = state });
        await Set(customers["pending"], "pending = 1");
        await Set(customers["disabled"], "disabled_at = @now, leaves_at = @now, pending = 1");
        await Set(customers["leaving"], "leaves_at = @now, pending = 1");
        await bench.Db.Write(s => s.Execute(
            "INSERT INTO sign_in_failures (account_id, source, tenant_id, failures, last_at, locked_until) VALUES (@id, 'x', 'default', 0, @now, @end)",
            ("id", customers["locked"].Id), ("now", now), ("end", now + 1)));
        foreach (var state in Customer.States)
        {
            Assert.Equal(state, (await bench.Db.Read(s => bench.Customers.Get(s, "default", customers[state].Id))).State);
            Assert.Equal([state], (await bench.Db.Read(s => bench.Customers.List(s, "default", new CustomerFilter(State: state)))).Items.Select(c => c.Username));
        }
        Assert.Equal("VALIDATION_FAILED", await Bench.Code(() => bench.Db.Read(s => bench.Customers.List(s, "default", new CustomerFilter(State: "gone")))));
        // A lock ends by itself.
        bench.Clock.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal("active", (await bench.Db.Read(s => bench.Customers.Get(s, "default", customers["locked"].Id))).State);
    }

    [Theory, BothEngines]
    public async Task Search_finds_names_addresses_numbers_and_notes(Engine engine)
    {
        await using var bench = await Bench.Open(engine);
        await bench.Customer(new() { Username = "chen.yu", Email = "chen@example.com", Phone = "13800138000", DisplayName = "Ärger 陈宇", Note = "Pays LATE" });
        await bench.Customer(new() { Username = "other" });
        foreach (var typed in new[] { "CHEN.", "@EXAMPLE", "0013800", "ärger", "ÄRGER", "陈宇", "late" })
            Assert.Equal(["chen.yu"], (await bench.Db.Read(s => bench.Customers.List(s, "default", new CustomerFilter(typed)))).Items.Select(c => c.Username));
    }

    [Theory, BothEngines]
    public async Task Who_is_deleted_leaves_no_trace(Engine engine)
    {
        await using var bench = await Bench.Open(engine);
        var customer = await bench.Customer(new() { Username = "uniquename", Email = "uniquemail@example.com", Phone = "13811112222", DisplayName = "Uniqueperson", Note = "Uniquenote" }, Bench.Password);
        await bench.Db.Write(s => bench.Customers.Update(s, Caller.System, customer.Id, c => c with { DisplayName = "Uniqueperson the second", Email = "uniquemail2@example.com" }));
        await bench.SignIns.Enter(Bench.Visitor with { Ip = "198.51.100.77", UserAgent = "Uniqueagent" }, "uniquemail2@example.com", "wrong");
        // Guessed at from elsewhere, until that is a security event.
        for (var i = 0; i <= Bench.Limits.LockoutFailures; i++)
            await bench.SignIns.Try(Bench.Visitor, "uniquename", "wrong horse");
        Assert.Equal(1, await bench.Count("SELECT COUNT(*) FROM security_events"));
        await bench.Db.Write(s => bench.Customers.Remove(s, Caller.System, customer.Id));
        var everything = await EveryText.Of(bench.Db, engine);
        foreach (var trace in new[] { "unique", "13811112222", "198.51.100.77" })
            Assert.DoesNotContain(everything, text => text.Contains(trace, StringComparison.OrdinalIgnoreCase));
        // It was done to somebody, and that is known.
        Assert.Contains(everything, text => text == customer.Id);
        Assert.Equal(["customer.created", "customer.changed", "customer.removed"], await bench.Actions());
    }

    private static async Task<string[]> Wrong(Bench bench, Customer customer) => [.. (await Assert.ThrowsAsync<Refusal>(() => bench.Customer(customer))).Fields.Keys];
}
