using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace MedISeg.Api.Jobs.Store.Migrations
{
    /// <inheritdoc />
    public partial class Deliveries : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<long>(
                name: "DeliverAt",
                table: "jobs",
                type: "INTEGER",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "DeliverTo",
                table: "jobs",
                type: "TEXT",
                maxLength: 63,
                nullable: true);

            migrationBuilder.AddColumn<long>(
                name: "DeliveredAt",
                table: "jobs",
                type: "INTEGER",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "Delivery",
                table: "jobs",
                type: "TEXT",
                maxLength: 32,
                nullable: true);

            migrationBuilder.AddColumn<int>(
                name: "DeliveryAttempts",
                table: "jobs",
                type: "INTEGER",
                nullable: false,
                defaultValue: 0);

            migrationBuilder.AddColumn<string>(
                name: "DeliveryFailure",
                table: "jobs",
                type: "TEXT",
                nullable: true);

            migrationBuilder.CreateIndex(
                name: "IX_jobs_Delivery_DeliverAt",
                table: "jobs",
                columns: new[] { "Delivery", "DeliverAt" });
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "IX_jobs_Delivery_DeliverAt",
                table: "jobs");

            migrationBuilder.DropColumn(
                name: "DeliverAt",
                table: "jobs");

            migrationBuilder.DropColumn(
                name: "DeliverTo",
                table: "jobs");

            migrationBuilder.DropColumn(
                name: "DeliveredAt",
                table: "jobs");

            migrationBuilder.DropColumn(
                name: "Delivery",
                table: "jobs");

            migrationBuilder.DropColumn(
                name: "DeliveryAttempts",
                table: "jobs");

            migrationBuilder.DropColumn(
                name: "DeliveryFailure",
                table: "jobs");
        }
    }
}
